// Puts in place what a checkout needs, in one of two kinds. `npm start` needs the server's few packages: npm installs
// them from the small lock file in .ci/light, next to links to our own packages. `npm test` needs the whole workspace,
// which pnpm installs, the pinned Node and the other runtimes included. Runs on the machine's own Node (20 or newer).
import { spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** The folder of the checkout. */
export const ROOT = resolve(import.meta.dirname, '..')
const MODULES = join(ROOT, 'node_modules')
const LIGHT = join(ROOT, '.ci/light')
/** The lock file that a light install was made from. */
const LIGHT_LOCK = join(MODULES, '.light-lock.json')
/** Runtimes and other packages that were fetched for a light install when needed, in folders named PACKAGE@VERSION. */
const ENGINES = join(ROOT, '.engines')
const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-progress', '--loglevel=error']

/** Ends what is under way when it is aborted. */
export const stopping = new AbortController()

const isWhole = () => existsSync(join(MODULES, '.pnpm'))

/** Installs the whole workspace, unless that is done. */
export async function installWhole() {
  // pnpm leaves a copy of the lock file that it installed from.
  if (isSame(join(ROOT, 'pnpm-lock.yaml'), join(MODULES, '.pnpm/lock.yaml'))) return
  if (!isWhole()) for (const path of [MODULES, ENGINES]) rmSync(path, { recursive: true, force: true })
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  await run('npx', ['-y', `pnpm@${devDependencies.pnpm}`, 'install', '--frozen-lockfile'], ROOT, 'shown')
}

/** Installs what the server needs, unless that is done. Where the whole workspace is installed, updates that. */
export async function installLight() {
  if (isWhole()) return installWhole()
  if (!isSame(join(LIGHT, 'package-lock.json'), LIGHT_LOCK)) await installPackages()
  linkOurs()
}

/** Installs in a new folder, which takes the place of node_modules when it is complete. */
async function installPackages() {
  await inNewFolder(async (folder) => {
    for (const name of ['package.json', 'package-lock.json']) {
      copyFileSync(join(LIGHT, name), join(folder, name))
    }
    await run('npm', ['ci', '--ignore-scripts', ...QUIET], folder)
    const modules = join(folder, 'node_modules')
    copyFileSync(join(folder, 'package-lock.json'), join(modules, '.light-lock.json'))
    rmSync(MODULES, { recursive: true, force: true })
    renameSync(modules, MODULES)
  })
}

/** Makes our packages resolve by their names, as pnpm does in a whole install. */
function linkOurs() {
  for (const group of ['packages', 'apps']) {
    for (const folder of readdirSync(join(ROOT, group)).map((name) => join(ROOT, group, name))) {
      if (!existsSync(join(folder, 'package.json'))) continue
      link(folder, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name)
    }
  }
}

function link(folder, name) {
  const path = join(MODULES, name)
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  // Windows lets everyone make junctions, whose targets are absolute.
  if (process.platform === 'win32') symlinkSync(folder, path, 'junction')
  else symlinkSync(relative(dirname(path), folder), path)
}

/**
 * The folder of a package that only some need: a runtime, or what one option needs. Fetched when it is first asked for,
 * at the version that pnpm-lock.yaml pins.
 *
 * @param name of the package.
 * @param owner the folder whose package.json declares it.
 */
export async function enginePackage(name, owner) {
  if (isWhole()) return join(ROOT, owner, 'node_modules', name)
  const version = pinned(name)
  const engine = join(ENGINES, `${name}@${version}`)
  const path = join(engine, 'node_modules', name)
  if (!existsSync(path)) {
    await inNewFolder(async (folder) => {
      writeFileSync(join(folder, 'package.json'), '{ "private": true }')
      await run('npm', ['install', `${name}@${version}`, ...QUIET], folder)
      mkdirSync(dirname(engine), { recursive: true })
      rmSync(engine, { recursive: true, force: true })
      renameSync(folder, engine)
    })
  }
  return path
}

/** Makes such a package resolve by its name, once the others are in place. */
export async function linkEngine(name, owner, others) {
  const [folder] = await Promise.all([enginePackage(name, owner), others])
  if (isWhole()) return
  rmSync(join(MODULES, name), { force: true })
  link(folder, name)
}

/** The version of a package that a workspace package depends on. */
function pinned(name) {
  const lock = readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8')
  const [, version] =
    new RegExp(`^      '?${name}'?:\\n        specifier: .*\\n        version: ([\\w.-]+)`, 'm').exec(lock) ??
    []
  if (version === undefined) throw new Error(`pnpm-lock.yaml does not pin ${name}`)
  return version
}

async function inNewFolder(use) {
  const folder = mkdtempSync(join(ROOT, '.install-'))
  try {
    await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Runs npm or npx. Rejects if it fails, after its messages were printed.
 *
 * @param output `quiet` shows messages only then.
 */
function run(command, args, cwd, output = 'quiet') {
  const stdio = output === 'quiet' ? ['ignore', 'ignore', 'pipe'] : ['ignore', 'inherit', 'inherit']
  // On Windows these are scripts of a shell.
  const child = spawn(command, args, { cwd, stdio, shell: process.platform === 'win32' })
  let messages = ''
  child.stderr?.on('data', (chunk) => {
    messages += chunk
  })
  stopping.signal.addEventListener('abort', () => child.kill())
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code, signal) => {
      if (code === 0) return done()
      if (!stopping.signal.aborted) process.stderr.write(messages)
      fail(new Error(`${command} ${args[0]} failed (${signal ?? `exit code ${code}`})`))
    })
  })
}

function isSame(path, other) {
  return existsSync(path) && existsSync(other) && readFileSync(path).equals(readFileSync(other))
}

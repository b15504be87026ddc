// `npm start -- [--runtime NAME] [DIR] [OPTIONS]`: the server from source, on any runtime. Default: the sample library,
// on Node. Installs what is missing first. Runs on the machine's own Node (20 or newer).
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join, relative } from 'node:path'
import { enginePackage, installLight, linkEngine, ROOT, stopping } from './install.mjs'

const CLI = join(ROOT, 'apps/rangekit/src/cli.ts')
const SAMPLES = join(ROOT, 'apps/rangekit/samples')

/** Fetches what each runtime needs, and returns its command line. */
const RUNTIMES = {
  async node() {
    return [...(await node()), CLI]
  },
  async bun() {
    return [join(await enginePackage('bun', 'packages/test-kit'), 'bin/bun.exe'), CLI]
  },
  async deno() {
    const name = process.platform === 'win32' ? 'deno.exe' : 'deno'
    const deno = join(await enginePackage('deno', 'packages/test-kit'), name)
    return [deno, 'run', '-A', '--node-modules-dir=manual', CLI]
  },
  async workerd() {
    const command = await node()
    await linkEngine('wrangler', 'apps/worker', light)
    return [...command, join(ROOT, 'apps/worker/src/start.ts')]
  },
}

/** What only some options need, which few use. */
const EXTRAS = [
  { option: /^--tls(=|$)/, names: ['@peculiar/x509', 'reflect-metadata'] },
  { option: /^--metrics(-port)?(=|$)/, names: ['@prometheus-io/client'] },
]

/** Fetches what the options need. */
async function fetchExtras(args) {
  for (const { option, names } of EXTRAS) {
    if (!args.some((arg) => option.test(arg))) continue
    for (const name of names) await linkEngine(name, 'apps/rangekit', light)
  }
}

/** The machine's own Node if it runs TypeScript, from 22.18 on; otherwise the pinned one. */
async function node() {
  const name = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'
  const path = process.features.typescript ? process.execPath : join(await enginePackage('node', '.'), name)
  // Pages load scripts whose types Node strips, with a function that it calls experimental.
  return [path, '--disable-warning=ExperimentalWarning']
}

/** Takes `--runtime NAME` out of the arguments; the rest is for the server. */
function readArguments([...args]) {
  const index = args.findIndex((arg) => /^--runtime(=|$)/.test(arg))
  if (index < 0) return { runtime: 'node', args }
  const [flag] = args.splice(index, 1)
  const runtime = flag.includes('=') ? flag.slice('--runtime='.length) : args.splice(index, 1)[0]
  if (Object.hasOwn(RUNTIMES, runtime ?? '')) return { runtime, args, flags: ['--runtime', runtime] }
  throw new Error(`--runtime is one of ${Object.keys(RUNTIMES).join(', ')}`)
}

/** Shows a line on a terminal while work takes long. */
async function showing(line, work) {
  let shown = false
  const timer = setTimeout(() => {
    shown = process.stderr.isTTY && process.stderr.write(line)
  }, 300)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    if (shown) process.stderr.write('\r\x1b[K')
  }
}

/** The packages that every runtime needs. */
let light
let server
let stopped

function stop(signal) {
  stopped = signal
  stopping.abort()
  server?.kill(signal)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
if (process.env.npm_lifecycle_event === 'start') {
  // npm ends its shell on SIGTERM, and some shells leave their children behind.
  const shell = process.ppid
  setInterval(() => process.ppid !== shell && stop('SIGTERM'), 250).unref()
}

try {
  const { runtime, args, flags = [] } = readArguments(process.argv.slice(2))
  light = installLight()
  const work = Promise.all([RUNTIMES[runtime](), light, fetchExtras(args)])
  const [[file, ...before]] = await showing('Installing what the server needs …', work)
  const cwd = process.env.INIT_CWD ?? process.cwd()
  const env = {
    MEDIA_DIR: relative(cwd, SAMPLES),
    // Node keeps there what it has made of the sources, and starts in half the time.
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node'),
    ...process.env,
    RANGEKIT_COMMAND: ['npm', 'start', '--', ...flags].join(' '),
  }
  if (!stopped) server = spawn(file, [...before, ...args], { stdio: 'inherit', cwd, env })
  server?.on('error', fail).on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
} catch (error) {
  // What is installed next to it would go on.
  stopping.abort()
  if (!stopped) fail(error)
}
if (stopped) process.exitCode = 128 + constants.signals[stopped]

function fail({ message }) {
  console.error(`rangekit: ${message}`)
  process.exitCode = 1
}

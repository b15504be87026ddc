import { existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '@rangekit/test-kit/folder'
import { run } from '@rangekit/test-kit/processes'
import { type StartedServer, startCommand } from '@rangekit/test-kit/start-server'

/** What a stranger gets who runs `npm start` in a fresh clone. */
export interface FirstMinute {
  /** Packages of others in node_modules. */
  readonly packages: number
  /** Their files, in bytes. */
  readonly bytes: number
  /** The files of the Node that was fetched, in bytes; 0 where the machine's own is new enough. */
  readonly nodeBytes: number
  readonly first: FirstStart
  readonly second: FirstStart
}

/** One `npm start`. */
export interface FirstStart {
  /** From the command to the ready line. */
  readonly seconds: number
  readonly stdout: string
  readonly stderr: string
  /** The response to a browser that asks for `/`. */
  readonly page: Answer
  /** The response to a range of a sample. */
  readonly sample: Answer
  /** What was installed afterwards: a line for each file, with its size and time. */
  readonly installed: readonly string[]
}

interface Answer {
  readonly status: number
  readonly type: string | null
}

export interface MeasureOptions {
  /** Whether npm may take packages from the user's cache. Default: false, so that everything is downloaded. */
  readonly cached?: boolean
}

const ROOT = resolve(import.meta.dirname, '../../../..')
const SAMPLE = 'api/stream/Clock__7f3a91c2-5d1e-4b8a.mp4'

/** Clones the checkout's last commit and runs `npm start` in the clone twice, with a clean environment. */
export async function measureFirstMinute({ cached = false }: MeasureOptions = {}): Promise<FirstMinute> {
  using folder = makeFolder()
  const clone = folder.at('clone')
  const { code, stderr } = await run('git', ['clone', '--quiet', ROOT, clone])
  if (code !== 0) throw new Error(`git clone failed: ${stderr}`)
  const home = cached ? homedir() : folder.at('home')
  mkdirSync(home, { recursive: true })
  const first = await measureStart(clone, home)
  const second = await measureStart(clone, home)
  return {
    packages: packagesIn(join(clone, 'node_modules')).length,
    bytes: sizeOf(join(clone, 'node_modules')),
    nodeBytes: sizeOf(join(clone, '.engines')),
    first,
    second,
  }
}

async function measureStart(clone: string, home: string): Promise<FirstStart> {
  const started = performance.now()
  await using server = await startCommand(['npm', 'start', '--', '--port', '0'], {
    cwd: clone,
    env: {
      npm_config_userconfig: join(homedir(), '.npmrc'),
      ...registryAccess(),
      HOME: home,
      PATH: systemPath(),
    },
    detached: true,
  })
  const seconds = (performance.now() - started) / 1000
  const page = await get(server, '', { Accept: 'text/html' })
  const sample = await get(server, SAMPLE, { Range: 'bytes=0-1' })
  await server.stop()
  await goneFrom(server)
  const { stdout, stderr } = server
  const installed = ['node_modules', '.engines'].flatMap((name) => filesIn(join(clone, name)))
  return { seconds, stdout, stderr, page, sample, installed: installed.map(describe) }
}

/** The variables by which this machine reaches the registry; they stay in the clean environment. */
function registryAccess(): NodeJS.ProcessEnv {
  const names =
    /^(?:npm_config_(?:userconfig|registry|cafile|(?:https?-?_?)?proxy)|NODE_EXTRA_CA_CERTS|(?:https?|no)_proxy)$/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name)))
}

/** PATH without what npm puts in front of it, the pinned Node among it. */
function systemPath(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.filter((folder) => !/[\\/]node_modules[\\/]|node-gyp-bin/.test(folder)).join(delimiter)
}

async function get(
  { origin }: StartedServer,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await fetch(`${origin}/${path}`, { headers })
  await response.arrayBuffer()
  return { status: response.status, type: response.headers.get('content-type') }
}

/** Waits until nothing listens any more: npm ends before the server that it ran. */
async function goneFrom({ origin }: StartedServer): Promise<void> {
  const listens = () =>
    fetch(`${origin}/readyz`).then(
      () => true,
      () => false,
    )
  for (let turn = 0; turn < 100 && (await listens()); turn++) await sleep(50)
}

/** The folders of packages, without links to our own. */
function packagesIn(modules: string): string[] {
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => (name.startsWith('@') ? packagesIn(join(modules, name)) : [join(modules, name)]))
}

/** The files below a folder, without caches; links included but not followed. None if it does not exist. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === '.cache') return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}

/** A file with several names counts once. */
function sizeOf(folder: string): number {
  const sizes = new Map(filesIn(folder).map((path) => [lstatSync(path).ino, lstatSync(path).size]))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

function describe(path: string): string {
  const { size, mtimeMs } = lstatSync(path)
  return `${path} ${size} ${mtimeMs}`
}

import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { freePort } from '@rangekit/test-kit/ports'
import { endGroup, start } from '@rangekit/test-kit/processes'
import type { EngineName } from './engines.ts'
import type { Example } from './examples.ts'
import { FILM, type Project } from './project.ts'

/** What an example does: it ends, or it serves. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The status of a request for a range of the film if it serves; only 206 with the right bytes is right. */
  readonly served?: string
}

/** Runs an example on a runtime. Where it would listen, or ask a server, it gets ports that are free. */
export async function runExample(
  project: Project,
  example: Example,
  engine: EngineName,
  filmServer: number,
): Promise<Run> {
  const port = await freePort()
  const script = putScript(project, example, engine, { 3000: port, 8001: port, 8080: filmServer })
  // Bun runs tests with a command of its own, and lists those that pass on stderr.
  const isBunTest = engine === 'bun' && example.code.includes("'node:test'")

  const [command, ...args] = [...project.engines[engine], ...(isBunTest ? ['test'] : [])]
  const child = start(command, [...args, script], {
    cwd: project.folder.at('project'),
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const output = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')))
  const served = await whenServed(port, () => child.exitCode === null && child.signalCode === null)
  endGroup(child)
  await closed
  const [stdout = '', stderr = ''] = await output
  const code = child.exitCode
  return {
    code,
    stdout,
    stderr: isBunTest && code === 0 ? '' : stderr,
    ...(served !== undefined && { served }),
  }
}

/** Puts what a runtime runs of an example into the project, with other ports. Returns the script's path. */
function putScript(
  { folder }: Project,
  { file }: Example,
  engine: EngineName,
  ports: Readonly<Record<number, number>>,
): string {
  // Only newer Nodes run TypeScript.
  const source = engine === 'oldest node' ? `compiled/${file.replace(/ts$/, 'js')}` : `examples/${file}`
  const code = readFileSync(folder.at(`project/${source}`), 'utf8')
    .replaceAll(/\b(?:3000|8001|8080)\b/g, (port) => String(ports[Number(port)]))
    // The READMEs say which entry each runtime has.
    .replaceAll('hono-server/node', `hono-server/${engine.replace(/.*node.*/, 'node')}`)
  const name = `${engine.replace(' ', '-')}-${basename(source)}`
  folder.put(`project/runs/${name}`, code)
  // Bun would serve the default export of its first module.
  folder.put(`project/runs/start-${name}.js`, `await import('./${name}')\n`)
  return `./runs/start-${name}.js`
}

/** Asks for a range as soon as something listens, where the examples have their films. */
async function whenServed(port: number, isRunning: () => boolean): Promise<string | undefined> {
  while (isRunning()) {
    const answers = await Promise.all(['/film.mp4', '/api/stream/film.mp4'].map((path) => ask(port, path)))
    if (answers.includes('206')) return '206'
    // It may have begun to listen between the two requests.
    if (!answers.includes(undefined)) return answers[0]
    await setTimeout(50)
  }
  return undefined
}

/** The status of the answer, and what is wrong with its bytes. */
async function ask(port: number, path: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { Range: 'bytes=100000-199999' },
    })
    const body = new Uint8Array(await response.arrayBuffer())
    if (response.status !== 206) return String(response.status)
    return sameBytes(body, FILM.subarray(100_000, 200_000)) ? '206' : '206 with other bytes'
  } catch {
    return undefined
  }
}

/** A pattern that what an example prints has to match: what its comments say, in their order. */
export function printedPattern({ prints }: Example): RegExp {
  const parts = prints.map((line) =>
    line
      .replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      .replaceAll('…', '.*')
      // Durations differ.
      .replaceAll(/\d+ ms/g, '\\d+ ms'),
  )
  return new RegExp(parts.join('[^]*'))
}

/** The scripts of the commands that the packages install, by name. */
export function installedCommands(
  { folder }: Project,
  packageName: string,
): Readonly<Record<string, string>> {
  const home = folder.at(`project/node_modules/${packageName}`)
  if (!existsSync(home)) throw new Error(`${packageName} is not installed`)
  const { bin = {} } = JSON.parse(readFileSync(`${home}/package.json`, 'utf8'))
  return Object.fromEntries(Object.entries(bin).map(([name, path]) => [name, `${home}/${path}`]))
}

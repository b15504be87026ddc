import { symlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RawResponse } from '@rangekit/conformance'
import { positionBytes } from '@rangekit/test-kit/bytes'
import type { TestFolder } from '@rangekit/test-kit/folder'
import { freePort } from '@rangekit/test-kit/ports'
import { exchange } from '@rangekit/test-kit/raw'
import type { PeerKind } from '../../src/peers/kind.ts'
import { startKind } from '../../src/peers/start.ts'

const TEXT = 'the same text, again and again. '.repeat(20)

/** The folder that all servers serve, `media`, and what their programs need to run beside it. */
export function fillFolder(folder: TestFolder): void {
  folder.put('media/film.mp4', positionBytes(1000))
  folder.put('media/sub/My film ñ.mp4', positionBytes(500))
  folder.put('media/report 7.pdf', positionBytes(300))
  folder.put('media/notes.txt', TEXT)
  folder.put('media/notes.txt.br', 'shorter')
  folder.put('media/empty.bin', '')
  for (const name of ['index.html', 'sub/index.html', 'page.html', '.secret', '.well-known/x.txt']) {
    folder.put(`media/${name}`, TEXT)
  }
  for (const type of ['js', 'mkv', 'm4a', 'm3u8', 'vtt', 'flac', 'parquet'])
    folder.put(`media/a.${type}`, TEXT)
  folder.put('other/outside.mp4', TEXT)
  folder.put('other/film.mp4', 'another film')
  symlinkSync(folder.at('other/outside.mp4'), folder.at('media/link-out.mp4'))
  // Programs in this folder import what this package depends on.
  symlinkSync(resolve(import.meta.dirname, '../../node_modules'), folder.at('node_modules'))
}

/** Sends a request line without its version, and fields, to one of the servers. */
export type Ask = (name: string, request: readonly string[]) => Promise<RawResponse>

/** Servers in one process. */
export interface Servers extends AsyncDisposable {
  readonly ask: Ask
}

/**
 * Programs of the page by name, each of which listens on port 3000, and the names of other servers: `sirv` is asked as
 * `sirv by default`.
 */
interface Wanted {
  readonly programs: ReadonlyMap<string, string>
  readonly defaults?: readonly string[]
}

const DEFAULTS = pathToFileURL(resolve(import.meta.dirname, '../../src/peers/javascript.ts'))

/**
 * Runs programs in the folder, each on a port of its own. One process runs them all: on a busy machine, twenty would
 * take a minute to start.
 */
export async function startServers(
  folder: TestFolder,
  title: string,
  { programs, defaults = [] }: Wanted,
): Promise<Servers> {
  const ports = new Map<string, number>()
  const steps: string[] = []
  for (const name of defaults) {
    const port = await freePort()
    ports.set(`${name} by default`, port)
    steps.push(
      `process.argv.splice(2, 3, ${JSON.stringify([name, folder.at('media'), String(port)]).slice(1, -1)})`,
      `await import(${JSON.stringify(`${DEFAULTS.href}?${name}`)})`,
    )
  }
  for (const [name, code] of programs) {
    const port = await freePort()
    ports.set(name, port)
    const file = folder.put(`${title}-${ports.size}.mjs`, code.replace(/\b3000\b/, String(port)))
    steps.push(`await import(${JSON.stringify(file)})`)
  }
  const kind: PeerKind = {
    title,
    setup: 'as on the page',
    version: () => '',
    launch: ({ port }) => {
      const ready = `const { createServer } = await import('node:http')\ncreateServer().listen(${port}, '127.0.0.1')`
      const program = folder.put(`${title}.mjs`, [...steps, ready].join('\n'))
      const inFolder = ['/bin/sh', '-c', 'cd "$0" && exec "$@"', folder.path] as const
      // Express logs every error that its own error page answers, unless it is in a test.
      return { command: [...inFolder, process.execPath, program], env: { NODE_ENV: 'test' } }
    },
  }
  const peer = await startKind(kind, folder.path)
  return {
    ask: (name, [line = '', ...fields]) => exchange(ports.get(name) ?? 0, line, fields),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  }
}

import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '@rangekit/test-kit/folder'
import { EXAMPLES, ROOT, readManifest } from '../../src/frameworks/example.ts'
import { type RunningExample, startScript } from '../../src/frameworks/running.ts'

/** What the example says of a download. */
export interface DownloadState {
  readonly id: string
  readonly name: string
  readonly link: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  readonly frontier: number
  readonly completeLength?: number
  readonly error?: string
}

/** A copy of the example in a temporary folder, with our packages from their sources. */
export interface DownloadsExample extends Disposable {
  /** The path of a file of its library. */
  at(name: string): string
  /** Starts it, with environment variables of its own. */
  start(env?: NodeJS.ProcessEnv): Promise<Running>
}

export interface Running extends AsyncDisposable {
  readonly origin: string
  /** Sends a body to be downloaded. */
  post(body: unknown, type?: string): Promise<Response>
  /** Downloads a URL. */
  download(url: string, filename?: string): Promise<DownloadState>
  list(): Promise<readonly DownloadState[]>
  /** What it says of a download by now. */
  state(id: string): Promise<DownloadState | undefined>
  cancel(id: string): Promise<number>
  /** Ends it without a warning. */
  kill(): Promise<void>
}

export function copyDownloadsExample(): DownloadsExample {
  const folder = makeFolder()
  const copy = folder.at('downloads')
  cpSync(join(EXAMPLES, 'downloads'), copy, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  })
  symlinkSync(join(ROOT, 'apps/bench/node_modules'), join(copy, 'node_modules'))
  const library = folder.at('library')
  mkdirSync(library)
  return {
    at: (name) => join(library, name),
    async start(env) {
      const PATH = `${dirname(process.execPath)}:${process.env['PATH']}`
      const { scripts } = readManifest(copy)
      return client(
        await startScript(scripts.start, {
          cwd: copy,
          env: { PATH, MEDIA_DIR: library, BACKOFF_MS: '10', MAX_DOWNLOADS: '100', ...env },
        }),
      )
    },
    [Symbol.dispose]: folder.remove,
  }
}

function client(running: RunningExample): Running {
  const url = `${running.origin}/api/downloads`
  const list = async (): Promise<DownloadState[]> => (await fetch(url)).json()
  const post = (body: unknown, type = 'application/json') =>
    fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': type } })
  return {
    origin: running.origin,
    post,
    list,
    download: async (from, filename) => (await post({ url: from, filename })).json(),
    state: async (id) => (await list()).find((each) => each.id === id),
    cancel: async (id) => (await fetch(`${url}/${id}`, { method: 'DELETE' })).status,
    async kill() {
      process.kill(running.pid, 'SIGKILL')
      await running[Symbol.asyncDispose]()
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

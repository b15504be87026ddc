import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Env } from './index.ts'
import { placeObjects } from './large-objects.ts'
import { type FillOptions, fillBucket, uploadLarge } from './local-bucket.ts'
import type { Warn } from './local-files.ts'
import { startDev } from './wrangler.ts'

/** The variables of the Worker, by name. */
export type Variables = { readonly [Name in Exclude<keyof Env, 'MEDIA'>]?: string | undefined }

export interface LocalOptions {
  /** The folder whose files are served, as they are at the start. */
  readonly dir: string
  /** 0 picks a free one. */
  readonly port: number
  readonly hostname: string
  /** Default: none. */
  readonly variables?: Variables | undefined
  /** A folder that keeps the local bucket for the next start. Default: a temporary one, removed by `stop`. */
  readonly stateDir?: string | undefined
  /** Cancels the start. Default: none. */
  readonly signal?: AbortSignal | undefined
  /** Called with one line for each file that is left out. Default: prints the line to stderr. */
  readonly warn?: Warn | undefined
}

export interface LocalServer {
  /** The port in use. */
  readonly port: number
  /** Stops workerd and removes the temporary bucket. */
  stop(): Promise<void>
}

/**
 * Serves the files of a folder with the Worker, on this machine. They are copied into a local R2 bucket first.
 *
 * Prints nothing to stdout, and only warnings and errors of the Worker to stderr.
 *
 * @throws the reason of `signal`; Error where the folder cannot be copied, or with the code `EADDRINUSE` where the port
 * is taken.
 * @example
 * const server = await serveLocally({ dir: './media', port: 8001, hostname: '127.0.0.1' })
 * const response = await fetch(`http://127.0.0.1:${server.port}/api/stream/film.mp4`)
 * await server.stop()
 */
export async function serveLocally(options: LocalOptions): Promise<LocalServer> {
  const { port, hostname, variables, stateDir } = options
  const state = stateDir ?? (await mkdtemp(join(tmpdir(), 'rangekit-r2-')))
  const cleanUp = async () => {
    if (stateDir === undefined) await rm(state, { recursive: true, maxRetries: 5, retryDelay: 100 })
  }
  try {
    await fillLocalBucket(state, options)
    const worker = await startDev({ state, port, hostname, variables })
    return {
      port: worker.port,
      async stop() {
        await worker.stop()
        await cleanUp()
      },
    }
  } catch (error) {
    await cleanUp()
    throw error
  }
}

async function fillLocalBucket(state: string, options: LocalOptions): Promise<void> {
  const { dir, signal, warn = console.warn } = options
  const copies = join(state, 'copies')
  const withBucket = async <Result>(use: (options: FillOptions) => Promise<Result>): Promise<Result> => {
    const hostname = '127.0.0.1'
    const worker = await startDev({ entry: 'src/bucket-worker.ts', state, port: 0, hostname })
    const origin = `http://${hostname}:${worker.port}`
    const result = await use({ dir, origin, copies, warn, signal }).finally(worker.stop)
    signal?.throwIfAborted()
    return result
  }
  try {
    // Left by a start that was killed.
    await rm(copies, { recursive: true, force: true })
    const large = await withBucket(fillBucket)
    if (await placeObjects(state, large)) return
    warn('this version of wrangler stores local buckets in an unknown way: copying large files takes longer')
    await withBucket((options) => uploadLarge(large, options))
  } finally {
    await rm(copies, { recursive: true, force: true })
  }
}

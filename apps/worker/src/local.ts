import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Env } from './index.ts'
import { fillBucket } from './local-bucket.ts'
import { startDev } from './wrangler.ts'

/** The Worker's variables, by name. */
export type Variables = { readonly [Name in Exclude<keyof Env, 'MEDIA'>]?: string | undefined }

export interface LocalOptions {
  /** The folder whose files are served, as they are now. */
  readonly dir: string
  /** 0 takes a free one. */
  readonly port: number
  readonly hostname: string
  /** Default: none. */
  readonly variables?: Variables | undefined
  /** A folder that keeps the local bucket for the next time. Default: a temporary one. */
  readonly stateDir?: string | undefined
  /** Gives up while it starts. Default: nothing does. */
  readonly signal?: AbortSignal | undefined
}

export interface LocalServer {
  /** The port that was taken. */
  readonly port: number
  /** Stops workerd and removes what was temporary. */
  stop(): Promise<void>
}

/**
 * Serves the files of a folder by the Worker on this machine: they are copied into a local R2 bucket first.
 *
 * Prints nothing to stdout, and to stderr only what goes wrong in the Worker.
 *
 * @throws the reason of `signal`; Error where a file cannot be copied, and with the code `EADDRINUSE` where the
 * port is taken.
 * @example
 * const server = await serveLocally({ dir: './media', port: 8001, hostname: '127.0.0.1' })
 * const response = await fetch(`http://127.0.0.1:${server.port}/api/stream/film.mp4`)
 * await server.stop()
 */
export async function serveLocally(options: LocalOptions): Promise<LocalServer> {
  const { dir, port, hostname, variables, stateDir, signal } = options
  const state = stateDir ?? (await mkdtemp(join(tmpdir(), 'rangekit-r2-')))
  const cleanUp = async () => {
    if (stateDir === undefined) await rm(state, { recursive: true, maxRetries: 5, retryDelay: 100 })
  }
  try {
    await fillLocalBucket(dir, state, signal)
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

async function fillLocalBucket(dir: string, state: string, signal: AbortSignal | undefined): Promise<void> {
  const hostname = '127.0.0.1'
  const worker = await startDev({ entry: 'src/bucket-worker.ts', state, port: 0, hostname })
  await fillBucket(dir, `http://${hostname}:${worker.port}`, signal).finally(worker.stop)
  signal?.throwIfAborted()
}

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestFolder } from '@rangekit/test-kit/folder'
import { startOrigin } from '../origin-server.ts'
import { startCommand, startServer } from '../server.ts'
import type { Answered } from './check.ts'
import { answersWhenStopping } from './circumstances.ts'

/** Servers for documented requests: `open` has all files, the others answer what it cannot. */
export async function startApiServers({ at }: TestFolder) {
  const origin = await startOrigin()
  origin.answerWith(({ url }) =>
    url.endsWith('/refused.mp4') ? new Response('', { status: 403 }) : undefined,
  )
  const media = at('media')
  const [open, signed, locked, crowded, broken] = await Promise.all([
    startServer(media, { args: ['--index', '--inspect', '--metrics', '--cors', '*'] }),
    startServer(media, { args: ['--index', '--secret-file', at('secret')] }),
    startServer(media, { args: ['--auth', 'user:right password'] }),
    startServer(media, { args: ['--max-connections', '2', '--max-connections-per-address', '1'] }),
    startCommand([origin.url, '--port', '0']),
  ])
  let answers: Promise<(Answered | undefined)[]> | undefined
  return {
    /** Serves the folder without restrictions. */
    open,
    /** Serves signed links only. */
    signed,
    /** Asks for a password. */
    locked,
    /** Allows two connections, from two addresses. */
    crowded,
    /** Its files are on a server that refuses `refused.mp4`. */
    broken,
    /** Makes a file of zeros, as one is before its writer has begun, and removes it after the use. */
    async withNewFile<T>(use: () => Promise<T>): Promise<T> {
      writeFileSync(join(media, 'new.mp4'), new Uint8Array(1024 * 1024))
      return use().finally(() => rmSync(join(media, 'new.mp4')))
    },
    /** Stops `open`, and returns what it then answers to `GET /readyz` and `OPTIONS /`. */
    stopped() {
      answers ??= answersWhenStopping(open, '/api/stream/large.bin', ['GET /readyz', 'OPTIONS /'])
      return answers
    },
    async stop() {
      await Promise.all([open, signed, locked, crowded, broken].map((server) => server.stop('SIGKILL')))
      await origin.stop()
    },
  }
}

export type ApiServers = Awaited<ReturnType<typeof startApiServers>>

import { truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { download } from './download.ts'
import type { Finding, Ground } from './ground.ts'

const NAME = 'cut-short.bin'
/** Bytes; more than the buffers of sockets and frameworks hold. */
const LENGTH = 96 * 1024 * 1024
const CUT_LENGTH = 32 * 1024 * 1024
/** Milliseconds that buffers take to fill. */
const FILL_TIME = 300

/**
 * Whether a file that loses its end while it is sent breaks the connection: the client must see that bytes are missing.
 *
 * @param silence milliseconds without a byte after which the download counts as hanging. Default: 15,000.
 */
export async function judgeTruncation(ground: Ground, silence = 15_000): Promise<readonly Finding[]> {
  const path = ground.media.putSparse(NAME, LENGTH)
  const { status, received, ending } = await download(new URL(NAME, ground.url), {
    silence,
    async midway() {
      await sleep(FILL_TIME)
      truncateSync(path, CUT_LENGTH)
    },
  })
  const detail = `${status}, ${received} of ${LENGTH} bytes`
  if (status !== 200) return [{ what: 'no 200', detail }]
  if (ending === 'complete') return [{ what: 'looks complete', detail }]
  return ending === 'hanging' ? [{ what: 'hangs', detail }] : []
}

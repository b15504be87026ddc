import { type Channel, ClientGone } from '../response/channel.ts'
import type { Share } from './pace.ts'

/**
 * Waits for the right to send up to `want` bytes on a channel, but not longer than its client does.
 *
 * @returns how many bytes can be sent, at least one.
 * @throws ClientGone, as a rejection.
 */
export async function allowance(share: Share, want: number, channel: Channel): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const taken = share.take(want, resolve)
  if (typeof taken === 'number') return taken
  const forget = channel.onClose(() => {
    taken()
    reject(new ClientGone())
  })
  try {
    return await promise
  } finally {
    forget()
  }
}

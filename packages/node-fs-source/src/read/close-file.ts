import { close } from 'node:fs'
import { promisify } from 'node:util'
import type { ReadableFile } from './read-into.ts'

export const closeFd = promisify(close)

/**
 * Closes a descriptor once no operation on it is pending: its number may be reused at once. Never rejects, because a
 * fault here must not spoil a response that was already sent.
 */
export async function closeFile({ fd, adaptiveRead }: ReadableFile): Promise<void> {
  const idle = adaptiveRead.whenIdle()
  if (idle !== undefined) await idle
  await closeFd(fd).catch(() => undefined)
}

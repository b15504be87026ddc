import type { Representation } from '@rangekit/range-core'
import { BoundedReads } from './bounded-reads.ts'
import { parseInThread } from './media-thread.ts'
import type { MediaContent } from './parse-media.ts'

/** Limits of {@link readMedia}. */
export interface MediaLimits {
  /** Bytes read from one file. Default: 16 MiB. */
  readonly maxBytes?: number
  /** Milliseconds for one file. Default: 10,000. */
  readonly timeout?: number
  /** Bytes of a picture. Default: 4 MiB. */
  readonly maxPicture?: number
}

const MIB = 1024 * 1024

/**
 * Reads duration, size and cover of a media file from a few ranges of it. What is damaged, unknown or too much to read
 * is left out.
 *
 * @throws the reason of `signal`, if that was aborted; nothing else.
 */
export async function readMedia(
  file: Representation,
  signal: AbortSignal | undefined,
  { maxBytes = 16 * MIB, timeout = 10_000, maxPicture = 4 * MIB }: MediaLimits = {},
): Promise<MediaContent> {
  const limit = AbortSignal.timeout(timeout)
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit])
  const reads = new BoundedReads(file, maxBytes, either)
  const read = (start: number, end: number) => reads.read(start, end)
  const content = await parseInThread({ size: file.completeLength, read, maxPicture }, either)
  await reads.whenIdle()
  signal?.throwIfAborted()
  return content
}

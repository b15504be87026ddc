import type { WholeFile } from '../whole-files.ts'
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
  /** Aborted when nothing more shall be read. Default: never. */
  readonly stopping?: AbortSignal
}

const MIB = 1024 * 1024

/**
 * Reads duration, size and cover of a media file from a few ranges of it. What is damaged, unknown, too much to read or
 * not read in time is left out.
 *
 * @throws the reason of `signal`, if that was aborted; nothing else.
 */
export async function readMedia(
  file: WholeFile,
  signal: AbortSignal | undefined,
  { maxBytes = 16 * MIB, timeout = 10_000, maxPicture = 4 * MIB, stopping }: MediaLimits = {},
): Promise<MediaContent> {
  const ends = [AbortSignal.timeout(timeout), signal, stopping]
  const end = AbortSignal.any(ends.filter((each) => each !== undefined))
  const reads = new BoundedReads(file, maxBytes, end)
  const read = (start: number, end: number) => reads.read(start, end)
  const content = await parseInThread({ size: file.completeLength, read, maxPicture }, end)
  await reads.whenIdle()
  signal?.throwIfAborted()
  return content
}

import type { FileHandle } from 'node:fs/promises'

/** Few large writes cost less than many small ones. */
const BATCH = 1024 * 1024
/** In milliseconds; what arrives slowly is written all the same. */
const HOLD = 500

/** Some chunks, one behind the other, and how many bytes they have. */
export interface Batch {
  readonly chunks: readonly Uint8Array[]
  readonly bytes: number
}

/** Joins small chunks. What arrived before an error comes before the error. */
export async function* batches(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Batch, void, undefined> {
  let held: Uint8Array[] = []
  let bytes = 0
  let since = performance.now()
  try {
    for await (const chunk of chunks) {
      held.push(chunk)
      bytes += chunk.byteLength
      const now = performance.now()
      if (bytes < BATCH && now - since < HOLD) continue
      const batch = { chunks: held, bytes }
      ;[held, bytes, since] = [[], 0, now]
      yield batch
    }
  } catch (error) {
    if (bytes > 0) yield { chunks: held, bytes }
    throw error
  }
  if (bytes > 0) yield { chunks: held, bytes }
}

/** Writes a batch to a file, all of it. */
export async function writeBatch(
  handle: FileHandle,
  { chunks, bytes }: Batch,
  position: number,
): Promise<void> {
  let { bytesWritten: written } = await handle.writev([...chunks], position)
  if (written === bytes) return
  // A disk that is nearly full takes a part.
  for (const all = Buffer.concat(chunks); written < bytes; ) {
    written += (await handle.write(all, written, bytes - written, position + written)).bytesWritten
  }
}

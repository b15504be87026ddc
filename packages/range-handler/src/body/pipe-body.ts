import type { ByteRange } from '@rangekit/range-core'
import { segmentLength } from '@rangekit/range-core'
import { type PlannedBody, readRange } from './stream-body.ts'
import { whenAborted } from './when-aborted.ts'

/**
 * workerd's class: what is written can be read on the other side, and must be exactly so many bytes. workerd sends such
 * a stream with a Content-Length, and pipes its own streams into it without running JavaScript for the bytes.
 */
export type FixedLengthStreamClass = new (
  expectedLength: number,
) => {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly writable: WritableStream<Uint8Array>
}

/** The runtime's class, if it has one. */
export const FixedLengthStream = (globalThis as { FixedLengthStream?: FixedLengthStreamClass })
  .FixedLengthStream

/**
 * The body as the readable end of a pipe of exactly its length, which breaks where a source gives too little or too
 * much for a range. The representation is closed once: at the end, at a fault, or when `signal` is aborted.
 *
 * The first range is asked for before this resolves, so that a source that cannot give it can still be answered for.
 *
 * @param signal the request's: workerd reports the end of a connection to nothing else.
 * @throws what the representation throws for its first range; it is not closed then.
 */
export async function pipeBody(
  body: PlannedBody,
  Pipe: FixedLengthStreamClass,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { segments, representation } = body
  const ranges = segments.flatMap((segment) => (segment.kind === 'range' ? [segment.range] : []))
  const [firstRange] = ranges
  const firstBytes = firstRange && (await representation.read(firstRange))
  const { readable, writable } = new Pipe(segments.reduce((sum, segment) => sum + segmentLength(segment), 0))

  const writeRange = async (range: ByteRange) => {
    const bytes = range === firstRange && firstBytes ? firstBytes : await representation.read(range)
    // The pipe counts the bytes of a single range; of several it would see no more than their sum.
    if (bytes instanceof ReadableStream && ranges.length === 1) {
      return bytes.pipeTo(writable, { preventClose: true, signal: representation.signal })
    }
    for await (const piece of readRange(range, bytes, representation)) await writeBytes(piece, writable)
  }
  const write = async () => {
    try {
      for (const segment of segments) {
        if (segment.kind === 'bytes') await writeBytes(segment.bytes, writable)
        else await writeRange(segment.range)
      }
      await writable.close()
    } catch (error) {
      // Breaks the connection; fails where a pipe that failed has done so.
      await writable.abort(error).catch(() => undefined)
    } finally {
      // The first range's stream, where the pipe broke before it.
      if (firstBytes instanceof ReadableStream) await firstBytes.cancel().catch(() => undefined)
      await body.close()
    }
  }
  const closeNow = async () => representation.closeNow(signal?.reason)
  // When a client leaves, workerd runs this, and nothing that awaits a read or a write.
  whenAborted(signal, () => void closeNow().catch(body.onError))
  write().catch(body.onError)
  return readable
}

async function writeBytes(bytes: Uint8Array, writable: WritableStream<Uint8Array>): Promise<void> {
  const writer = writable.getWriter()
  await writer.write(bytes)
  writer.releaseLock()
}

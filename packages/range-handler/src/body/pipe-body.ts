import type { ByteRange, RangeBytes } from '@rangekit/range-core'
import type { DeferredBody } from './deferred-body.ts'
import { lengthOf } from './length-of.ts'
import { aborted, COMPLETE, failed, type Outcome } from './outcome.ts'
import { readRange } from './read-range.ts'

/**
 * workerd's class: what is written to one end can be read from the other, and must be exactly so many bytes. workerd
 * sends such a stream with a Content-Length, and pipes its own streams into it without running JavaScript for the
 * bytes.
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
 * much for a range. The body ends once: as complete, or as failed, which is also how a pipe whose reader has cancelled
 * ends: that cannot be told from a pipe that breaks.
 *
 * @param first the bytes of the first range, read ahead so that a source that cannot give them can be answered for.
 */
export function pipeBody(
  body: DeferredBody,
  Pipe: FixedLengthStreamClass,
  first: RangeBytes | undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { plan, representation } = body
  const { segments } = plan
  const isSingle = segments.filter(({ kind }) => kind === 'range').length === 1
  const length = lengthOf(segments)
  // A body of a length that nobody knows is chunked.
  const { readable, writable } = length === undefined ? new TransformStream() : new Pipe(length)
  let ahead = first
  // workerd moves the bytes itself and does not tell how many it has moved.
  representation.transfer?.uncounted()

  const writeRange = async (range: ByteRange) => {
    const bytes = ahead ?? (await representation.read(range))
    ahead = undefined
    representation.finish()
    // The pipe counts the bytes of a single range; of several it only sees the sum.
    if (bytes instanceof ReadableStream && isSingle) {
      return bytes.pipeTo(writable, { preventClose: true, signal: representation.signal })
    }
    for await (const piece of readRange(range, bytes, representation)) await writeBytes(piece, writable)
  }
  const write = async () => {
    let outcome: Outcome = COMPLETE
    try {
      for (const segment of segments) {
        if (segment.kind === 'bytes') await writeBytes(segment.bytes, writable)
        else await writeRange(segment.range)
      }
      await writable.close()
    } catch (error) {
      outcome = failed(error)
      // Breaks the connection; fails where a broken pipe has done so.
      await writable.abort(error).catch(() => undefined)
    }
    await representation.end(outcome)
  }
  write().catch(body.onError)
  return readable
}

/**
 * Ends a body without waiting, for when the client leaves: workerd then runs the listeners of the request's signal, and
 * nothing that awaits a read or a write.
 */
export function endAtOnce({ representation, onError }: DeferredBody, reason?: unknown): void {
  if (representation.outcome !== undefined) return
  const end = async () => representation.endNow(aborted(reason))
  end().catch(onError)
}

async function writeBytes(bytes: Uint8Array, writable: WritableStream<Uint8Array>): Promise<void> {
  const writer = writable.getWriter()
  await writer.write(bytes)
  writer.releaseLock()
}

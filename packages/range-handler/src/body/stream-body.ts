import type { MaybePromise, RangeBytes, Segment } from '@rangekit/range-core'
import { type ByteRange, byteLength } from '@rangekit/range-core'
import type { OpenRepresentation } from './open-representation.ts'

/** A body that is planned and opened but not read: what a server needs that can send such bodies natively. */
export interface PlannedBody {
  readonly segments: readonly Segment[]
  /** What to read. After `close` its reads throw. */
  readonly representation: OpenRepresentation
  /**
   * Closes the representation when the reads under way have settled; they are aborted with `reason`. The first call
   * counts; later ones wait for the same.
   */
  readonly close: (reason?: unknown) => MaybePromise<void>
  /** Called with a fault that comes too late for another answer. */
  readonly onError: (error: unknown) => void
}

/** Closes a body where nobody waits for that; a fault goes to its `onError`. */
export function closeInBackground(body: Pick<PlannedBody, 'close' | 'onError'>, reason?: unknown): void {
  const closing = async () => body.close(reason)
  closing().catch(body.onError)
}

/**
 * The body as a stream of exactly its length: it errors where a source gives too little or too much, or where the body
 * is closed before its end. The representation is closed once, at the end, at a fault, or when the stream is cancelled;
 * `cancel` does not wait for a read that is under way, closing does. Nothing is read ahead.
 */
export function streamBody(body: PlannedBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { segments, representation } = body
  const chunks = readSegments(segments, representation)
  // Not made in `pull`, whose scope leads to the controller: see `OpenRepresentation.begin`.
  const endReader = () => chunks.return(undefined)
  let cancelled = false
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        if (!representation.begun) representation.begin(controller, endReader)
        try {
          const { done, value } = await chunks.next()
          representation.throwIfClosed()
          if (!done) return controller.enqueue(value)
          representation.end()
          await body.close()
          controller.close()
        } catch (error) {
          await body.close()
          if (!cancelled) controller.error(error)
        }
      },
      cancel(reason) {
        cancelled = true
        closeInBackground(body, reason)
      },
    },
    { highWaterMark: 0 },
  )
}

async function* readSegments(
  segments: readonly Segment[],
  representation: OpenRepresentation,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  for (const segment of segments) {
    if (segment.kind === 'bytes') yield segment.bytes
    else yield* readRange(segment.range, await representation.read(segment.range), representation)
  }
  return undefined
}

/** What was read of a range in pieces, if they are as long as the range. */
export async function* readRange(
  range: ByteRange,
  bytes: RangeBytes,
  representation: OpenRepresentation,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (bytes instanceof Uint8Array) return yield exactBytes(range, bytes)
  const reader = (bytes instanceof Blob ? bytes.stream() : bytes).getReader()
  let missing = byteLength(range)
  try {
    for (;;) {
      representation.throwIfClosed()
      const { done, value } = await reader.read()
      if (done) break
      missing -= value.byteLength
      if (missing < 0) break
      yield value as Uint8Array<ArrayBuffer>
    }
    if (missing !== 0) throw lengthError(range, missing)
  } finally {
    // Ends the source's stream if it is not at its end; one that failed has reported that already.
    await reader.cancel().catch(() => undefined)
  }
}

/** Bytes or a Blob, if they are as long as the range. */
export function exactBytes<T extends Uint8Array | Blob>(range: ByteRange, bytes: T): T {
  const missing = byteLength(range) - (bytes instanceof Blob ? bytes.size : bytes.byteLength)
  if (missing !== 0) throw lengthError(range, missing)
  return bytes
}

function lengthError({ firstPos, lastPos }: ByteRange, missing: number): Error {
  const found = missing > 0 ? `ended ${missing} bytes early` : 'went on past its end'
  return new Error(`The source of bytes ${firstPos}-${lastPos} ${found}`)
}

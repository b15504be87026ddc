import { type ByteRange, byteLength } from './byte-range.ts'
import type { MaybePromise } from './maybe-promise.ts'
import type { Segment } from './multipart.ts'
import type { RangeBytes, Representation } from './source.ts'

/** A body that is planned and opened but not read: what a server with a way of its own to send it needs. */
export interface PlannedBody {
  readonly segments: readonly Segment[]
  readonly representation: Representation
  /** Lets go of the representation. The first call counts; later ones wait for the same. */
  readonly close: () => MaybePromise<void>
  /** Told of a fault that comes too late for another answer. */
  readonly onError: (error: unknown) => void
}

/** Closes a representation once, however often it is called; later calls wait for the same. */
export function closeOnce(representation: Representation): () => MaybePromise<void> {
  let closed = false
  let closing: MaybePromise<void>
  return () => {
    // Noted before, so that it is not called again where it throws.
    if (!closed) {
      closed = true
      closing = representation.close()
    }
    return closing
  }
}

/**
 * The body as a stream of exactly its length: it errors where a source gives too little or too much, and closes the
 * representation once, at the end, at a fault, or when it is cancelled. Nothing is read ahead.
 */
export function streamBody(body: PlannedBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  const abandoned = new AbortController()
  const chunks = readSegments(body, abandoned.signal)
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next()
          if (abandoned.signal.aborted) return
          if (!done) return controller.enqueue(value)
          await body.close()
          controller.close()
        } catch (error) {
          await body.close()
          if (!abandoned.signal.aborted) controller.error(error)
        }
      },
      async cancel(reason) {
        abandoned.abort(reason)
        // Waits for a read that is under way, so that its source is not closed beneath it.
        await chunks.return(undefined)
        await body.close()
      },
    },
    { highWaterMark: 0 },
  )
}

async function* readSegments(
  { segments, representation }: PlannedBody,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  for (const segment of segments) {
    if (segment.kind === 'bytes') yield segment.bytes
    else yield* readRange(segment.range, await representation.read(segment.range, { signal }))
  }
  return undefined
}

async function* readRange(range: ByteRange, bytes: RangeBytes): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (bytes instanceof Uint8Array) return yield exactBytes(range, bytes)
  const reader = (bytes instanceof Blob ? bytes.stream() : bytes).getReader()
  let missing = byteLength(range)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      missing -= value.byteLength
      if (missing < 0) break
      yield value as Uint8Array<ArrayBuffer>
    }
    if (missing !== 0) throw lengthError(range, missing)
  } finally {
    // Ends the source's stream if it is not at its end; a stream that failed has told so already.
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

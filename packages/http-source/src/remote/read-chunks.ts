import { type ByteRange, byteLength, type RangeBytes, type Representation } from '@rangekit/range-core'
import { OriginError } from '../origin/origin-error.ts'

/**
 * The bytes of one range, in the pieces in which they arrive.
 *
 * @throws OriginError if there are too few or too many. The reason of `signal` once it is aborted, even if the
 * representation does not heed it.
 */
export async function* readChunks(
  representation: Pick<Representation, 'read'>,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted()
  let missing = byteLength(range)
  for await (const chunk of chunksOf(await representation.read(range, { signal }), signal)) {
    missing -= chunk.byteLength
    if (missing < 0) break
    yield chunk
  }
  if (missing === 0) return
  throw new OriginError(
    'wrong-length',
    `The range has ${missing < 0 ? 'more' : 'fewer'} bytes than it should`,
  )
}

async function* chunksOf(
  bytes: RangeBytes,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes instanceof Uint8Array) return yield bytes
  const stream: ReadableStream<Uint8Array> = bytes instanceof Blob ? bytes.stream() : bytes
  const reader = stream.getReader()
  const stop = () => reader.cancel(signal.reason).catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', stop)
    // For a caller that stops early; without effect on a stream that has ended.
    stop()
  }
}

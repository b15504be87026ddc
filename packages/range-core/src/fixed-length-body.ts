import { exactBytes, type PlannedBody } from './body.ts'
import { type Segment, segmentLength } from './multipart.ts'
import type { RangeBytes } from './source.ts'

/**
 * workerd's own: what is written comes out on the other side, and must be exactly so many bytes. It is the stream
 * that workerd sends with a Content-Length, and into which it pipes its own without running JavaScript for the bytes.
 */
export type FixedLengthStreamClass = new (
  expectedLength: number,
) => {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly writable: WritableStream<Uint8Array>
}

/** The runtime's class, where it has one. */
export const FixedLengthStream = (globalThis as { FixedLengthStream?: FixedLengthStreamClass })
  .FixedLengthStream

/**
 * The body as the readable end of a pipe of exactly its length, which breaks where a source gives too little or too
 * much. The representation is closed once: at the end, at a fault, or when `signal` says that nobody waits.
 *
 * The first range is asked for before this resolves, so that a source that cannot give it can still be answered for.
 *
 * @param signal the request's: workerd tells a pipe nothing of a client that goes away.
 * @throws what the representation throws for its first range; it is not closed then.
 */
export async function pipeBody(
  body: PlannedBody,
  Pipe: FixedLengthStreamClass,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { segments, representation } = body
  const read = (segment: Segment) =>
    segment.kind === 'bytes' ? segment.bytes : representation.read(segment.range, { signal })
  const firstRange = segments.find(({ kind }) => kind === 'range')
  const firstBytes = firstRange && (await read(firstRange))
  const { readable, writable } = new Pipe(segments.reduce((sum, segment) => sum + segmentLength(segment), 0))

  const write = async () => {
    try {
      for (const segment of segments) {
        const bytes = segment === firstRange && firstBytes !== undefined ? firstBytes : await read(segment)
        await writeSegment(segment, bytes, writable, signal)
      }
      await writable.close()
    } catch (error) {
      // Breaks the connection; fails where a pipe that failed has done so.
      await writable.abort(error).catch(() => undefined)
    } finally {
      await body.close()
    }
  }
  const closeBody = async () => body.close()
  // Of what runs after a client has gone away, only this is sure to.
  signal?.addEventListener('abort', () => void closeBody().catch(body.onError), { once: true })
  write().catch(body.onError)
  return readable
}

async function writeSegment(
  segment: Segment,
  bytes: RangeBytes,
  writable: WritableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (bytes instanceof Uint8Array) {
    const exact = segment.kind === 'range' ? exactBytes(segment.range, bytes) : bytes
    const writer = writable.getWriter()
    await writer.write(exact)
    writer.releaseLock()
  } else {
    const stream = bytes instanceof Blob ? bytes.stream() : bytes
    await stream.pipeTo(writable, { preventClose: true, ...(signal && { signal }) })
  }
}

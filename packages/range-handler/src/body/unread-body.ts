import { closeInBackground, type PlannedBody } from './stream-body.ts'
import { whenAborted } from './when-aborted.ts'

/**
 * Closes the body of a response that never reaches its client: middleware may replace a response, drop it for an error
 * of its own, or have answered before there was one. What is left over is not cancelled by any server.
 *
 * - When `signal` is aborted, a body that nobody has begun to read is closed. One that is being read is not: the reader
 *   may be a copy (`clone`, a cache) that goes on when the response is over.
 * - When the stream is collected, the body is closed.
 */
export function closeUnread(
  stream: ReadableStream,
  body: PlannedBody,
  signal: AbortSignal | undefined,
): void {
  const { representation } = body
  representation.closeWhenCollected(stream)
  whenAborted(signal, () => {
    if (!representation.begun) closeInBackground(body, signal?.reason)
  })
}

import type { Representation, ResponsePlan } from '@rangekit/range-core'
import { byteLength, checkSendable } from '@rangekit/range-core'
import { OpenRepresentation } from './body/open-representation.ts'
import { FixedLengthStream, pipeBody } from './body/pipe-body.ts'
import { exactBytes, type PlannedBody, streamBody } from './body/stream-body.ts'
import { closeUnread } from './body/unread-body.ts'

export interface RespondOptions {
  /** Up to this many bytes are read before the head is sent, so that a fault can still be told. Default: 64 KiB. */
  readonly readFirst?: number | undefined
  /** Called with faults that come too late for another answer. Default: they are ignored. */
  readonly onError?: ((error: unknown) => void) | undefined
  /**
   * Aborted when nobody waits for the response any more, the request's for example: a body that nobody has begun to
   * read is closed then, and on workerd every body. Looked at only if there is a stream. Default: none.
   */
  readonly signal?: AbortSignal | undefined
}

// workerd compresses a body whose Content-Encoding says so, unless told that it is so already.
const AS_IT_IS = { encodeBody: 'manual' } as const

/**
 * Carries out a plan: a web-standard Response with a body of exactly the planned length.
 *
 * Closes the representation exactly once: before it returns where nothing is left to read, or when the body ends,
 * fails, is cancelled or is dropped unread.
 *
 * @throws what the representation throws before the first byte, or TypeError for a field that cannot be sent; the
 * representation is closed by then.
 * @example
 * const representation = await source.open('film.mp4')
 * const response = await respond(planResponse(request, representation), representation)
 */
export async function respond(
  plan: ResponsePlan,
  representation: Representation,
  options: RespondOptions = {},
): Promise<Response> {
  return respondOpen(plan, new OpenRepresentation(representation), options)
}

/** The same for a representation that is guarded already. */
export async function respondOpen(
  { status, headers, segments }: ResponsePlan,
  representation: OpenRepresentation,
  options: RespondOptions,
): Promise<Response> {
  const { onError = () => {} } = options
  const close = (reason?: unknown) => representation.close(reason)
  try {
    checkSendable(headers)
    const body = await openBody({ segments, representation, close, onError }, options)
    return new Response(body, { status, headers, ...AS_IT_IS })
  } catch (error) {
    await close()
    throw error
  }
}

/** The form of body that needs least: none, what the source has in one piece, or a stream. */
async function openBody(body: PlannedBody, options: RespondOptions): Promise<BodyInit | null> {
  const { readFirst = 64 * 1024 } = options
  const { representation } = body
  const [segment, ...others] = body.segments
  if (segment === undefined) {
    await representation.close()
    return null
  }
  if (segment.kind === 'range' && others.length === 0 && byteLength(segment.range) <= readFirst) {
    const bytes = await representation.read(segment.range)
    if (!(bytes instanceof ReadableStream)) {
      await representation.close()
      return exactBytes(segment.range, bytes)
    }
    // The source has only streams: this one is not needed, the body opens its own.
    await bytes.cancel()
  }
  const { signal } = options
  if (FixedLengthStream !== undefined) return pipeBody(body, FixedLengthStream, signal)
  const stream = streamBody(body)
  closeUnread(stream, body, signal)
  return stream
}

import { closeOnce, exactBytes, type PlannedBody, streamBody } from './body.ts'
import { byteLength } from './byte-range.ts'
import { FixedLengthStream, pipeBody } from './fixed-length-body.ts'
import type { ResponsePlan } from './plan.ts'
import type { Representation } from './source.ts'

export interface RespondOptions {
  /** Up to this many bytes are read before the head is sent, so that a fault can still be told. Default: 64 KiB. */
  readonly readFirst?: number | undefined
  /** Told of a fault after the head by servers that send the body their own way. Default: nobody. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** The request's; looked at where the runtime tells of a client that goes away in no other way. Default: none. */
  readonly signal?: AbortSignal | undefined
}

// workerd compresses a body whose Content-Encoding says so, unless told that it is so already.
const AS_IT_IS = { encodeBody: 'manual' } as const

/**
 * Carries out a plan: a web-standard Response with a body of exactly the planned length.
 *
 * Closes the representation exactly once: before it returns where nothing is left to read, or when the body ends,
 * fails or is cancelled.
 *
 * @throws what the representation throws before the first byte; it is closed by then.
 * @example
 * const representation = await source.open('film.mp4')
 * const response = await respond(planResponse(request, representation), representation)
 */
export async function respond(
  plan: ResponsePlan,
  representation: Representation,
  options: RespondOptions = {},
): Promise<Response> {
  const { status, headers, segments } = plan
  const { onError = () => {} } = options
  const body = { segments, representation, close: closeOnce(representation), onError }
  try {
    return new Response(await openBody(body, options), { status, headers, ...AS_IT_IS })
  } catch (error) {
    await body.close()
    throw error
  }
}

/** The form of body that needs least: none, what the source has in one piece, or a stream. */
async function openBody(body: PlannedBody, options: RespondOptions): Promise<BodyInit | null> {
  const { readFirst = 64 * 1024 } = options
  const [segment, ...others] = body.segments
  if (segment === undefined) {
    await body.close()
    return null
  }
  if (segment.kind === 'range' && others.length === 0 && byteLength(segment.range) <= readFirst) {
    const bytes = await body.representation.read(segment.range)
    if (!(bytes instanceof ReadableStream)) {
      await body.close()
      return exactBytes(segment.range, bytes)
    }
    // The source has only streams: this one is not needed, the body opens its own.
    await bytes.cancel()
  }
  return FixedLengthStream === undefined
    ? streamBody(body)
    : pipeBody(body, FixedLengthStream, options.signal)
}

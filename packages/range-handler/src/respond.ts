import {
  type ByteRange,
  byteLength,
  checkSendable,
  type Representation,
  type ResponsePlan,
  type Segment,
} from '@rangekit/range-core'
import type { DeferredBody } from './body/deferred-body.ts'
import { OpenRepresentation } from './body/open-representation.ts'
import { aborted, COMPLETE, failed } from './body/outcome.ts'
import { endAtOnce, FixedLengthStream, pipeBody } from './body/pipe-body.ts'
import { exactBytes } from './body/read-range.ts'
import { streamBody } from './body/stream-body.ts'
import { endUnread } from './body/unread-body.ts'
import { whenAborted } from './body/when-aborted.ts'

/** Options of {@link respond}. */
export interface RespondOptions {
  /**
   * A single range of up to this many bytes is read before the head is sent, so that a fault can still be answered with
   * a 500, unless some of it is still to come. Default: 65536.
   */
  readonly readFirst?: number | undefined
  /** Called with faults that come too late to answer with a 500. Default: they are ignored. */
  readonly onError?: ((error: unknown) => void) | undefined
  /**
   * Aborted when the response is over, such as the request's: a body that is not being read yet ends then, and on
   * workerd every body. Looked at only if there is a stream, if the source looks at the signal of its first read, or
   * after a fault. Default: none.
   */
  readonly signal?: AbortSignal | undefined
}

/** Bytes that are read before the head by default. */
const READ_FIRST = 64 * 1024

// workerd compresses a body that has a Content-Encoding, unless told that it is encoded already.
const AS_IT_IS = { encodeBody: 'manual' } as const

/**
 * Turns a plan into a web-standard Response whose body has exactly the planned length; a body of another length errors.
 *
 * Closes the representation exactly once: before it returns if nothing is left to read, else when the body ends, fails,
 * is cancelled or is dropped unread.
 *
 * @param plan what `planResponse` decided for this representation.
 * @throws TypeError for a field that cannot be sent, or what the representation throws before the first byte. The
 * representation is closed by then.
 * @example
 * const representation = await source.open('film.mp4')
 * const response = await respond(planResponse(request, representation), representation)
 * response.headers.get('Content-Range') // 'bytes 0-1/4'
 */
export async function respond(
  plan: ResponsePlan,
  representation: Representation,
  options: RespondOptions = {},
): Promise<Response> {
  const { onError = () => {} } = options
  return respondWith({ plan, representation: new OpenRepresentation(representation), onError }, options)
}

/** The same for a deferred body. */
export async function respondWith(body: DeferredBody, options: RespondOptions): Promise<Response> {
  const { plan, representation } = body
  try {
    checkSendable(plan.headers)
    const { status, headers } = plan
    return new Response(await openBody(body, options), { status, headers, ...AS_IT_IS })
  } catch (error) {
    const { signal } = options
    await representation.end(signal?.aborted ? aborted(signal.reason) : failed(error))
    throw error
  }
}

/**
 * The simplest form of the body: none, what the source has in one piece, or a stream. A short body is read ahead, and
 * on workerd the first range of any: a source that cannot give it can still be answered for.
 */
async function openBody(body: DeferredBody, options: RespondOptions): Promise<BodyInit | null> {
  const { readFirst = READ_FIRST } = options
  const { plan, representation } = body
  const { segments } = plan
  if (segments.length === 0) {
    await representation.end(COMPLETE)
    return null
  }
  let isWatched = false
  const watch = () => {
    if (isWatched) return
    isWatched = true
    const end = FixedLengthStream === undefined ? endUnread : endAtOnce
    whenAborted(options.signal, (reason) => end(body, reason))
  }
  const short = shortRange(segments, readFirst)
  const wanted = FixedLengthStream === undefined ? short : firstRange(segments)
  // The head does not wait for bytes that are still to come.
  const ahead = wanted !== undefined && representation.awaits(wanted.lastPos) ? undefined : wanted
  const first =
    ahead &&
    (await representation.read(ahead, {
      get signal() {
        watch()
        return representation.signal
      },
    }))
  if (short !== undefined && first !== undefined && !(first instanceof ReadableStream)) {
    const bytes = exactBytes(short, first)
    await representation.end(COMPLETE)
    return bytes
  }
  if (FixedLengthStream !== undefined) {
    watch()
    return pipeBody(body, FixedLengthStream, first)
  }
  const stream = streamBody(body, first)
  representation.endWhenCollected(stream)
  watch()
  return stream
}

function firstRange(segments: readonly Segment[]): ByteRange | undefined {
  return segments.find((segment) => segment.kind === 'range')?.range
}

/** The range that is the whole body, if it has at most `limit` bytes. */
function shortRange([segment, ...others]: readonly Segment[], limit: number): ByteRange | undefined {
  if (segment?.kind !== 'range' || others.length > 0) return undefined
  return byteLength(segment.range) <= limit ? segment.range : undefined
}

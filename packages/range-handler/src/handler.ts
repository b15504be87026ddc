import type { Fields, RangeSource, Representation, RepresentationInfo } from '@rangekit/range-core'
import {
  andThen,
  type MaybePromise,
  type PlanOptions,
  planMethod,
  planResponse,
  type ResponsePlan,
} from '@rangekit/range-core'
import { OpenRepresentation } from './body/open-representation.ts'
import { responseEnd } from './body/response-end.ts'
import { detailResponse, faultResponse, NOSNIFF } from './detail-response.ts'
import { logFault } from './fault-log.ts'
import { type RespondOptions, respondOpen } from './respond.ts'
import { responderOf } from './responder.ts'
import { keyFromPath, pathOf } from './target/resource-key.ts'

export interface HandlerOptions
  extends Omit<PlanOptions, 'now' | 'boundary' | 'fields'>,
    Pick<RespondOptions, 'readFirst'> {
  /** Which key a request names; `undefined` is answered with a 404. Default: its whole path, see `keyFromPath`. */
  readonly key?: ((request: Request) => string | undefined) | undefined
  /** Further fields of a 200 or 206, for a request and what it found. Default: none. */
  readonly fields?: ((request: Request, key: string, found: RepresentationInfo) => Fields) | undefined
  /** The `detail` of a 404's JSON body. Default: `Not found`. */
  readonly notFound?: string | undefined
  /**
   * Called with the cause of every 500 and 503, and with nothing that a client did. Default: the console; one line a
   * second for a source that is busy.
   */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
}

/**
 * A web-standard handler that serves a source: RFC 9110's ranges and preconditions for GET and HEAD, 404,
 * 405, and faults with a fixed text. It never throws, and its promise never rejects; where the source needs no
 * promise, there is none.
 *
 * Whatever middleware does with the response, its representation is closed; as soon as the response is over if the
 * handler gets what the server passes beside the request: `info` of `Deno.serve`, the bindings of `@hono/node-server`.
 *
 * @example
 * const handler = createHandler(blobSource((key) => entries.get(key)))
 * const response = await handler(new Request('http://localhost/hello.txt', { headers: { Range: 'bytes=0-1' } }))
 * response.status // 206
 */
export function createHandler(
  source: RangeSource,
  options: HandlerOptions = {},
): (request: Request, info?: unknown) => MaybePromise<Response> {
  const { key: keyOf = (request) => keyFromPath(pathOf(request.url)), fields, readFirst } = options
  const planOptions: PlanOptions = { ...options, fields: undefined }
  const log = options.onError ?? logFault
  const onError = (error: unknown, request: Request) => {
    try {
      log(error, request)
    } catch (failure) {
      console.error(failure)
    }
  }

  function answer(request: Request, info: unknown): MaybePromise<Response> {
    const { method } = request
    const withoutRepresentation = planMethod(method)
    if (withoutRepresentation !== undefined) {
      return new Response(null, {
        ...withoutRepresentation,
        headers: { ...withoutRepresentation.headers, ...NOSNIFF },
      })
    }
    const key = keyOf(request)
    if (key === undefined) return notFound(method)
    // A server that offers a responder closes what it is given. The others are asked before the source is.
    const responseSignal = responderOf(request) === undefined ? responseEnd(request, info) : undefined
    const opening = source.open(key)
    return andThen(opening, (representation) => {
      if (representation === undefined) return notFound(method)
      // Nobody waits any more, and what this says is not sent.
      if (opening instanceof Promise && responseSignal?.()?.aborted) {
        return andThen(representation.close(), () => new Response(null, { status: 499 }))
      }
      return serve(request, key, representation, responseSignal)
    })
  }

  function serve(
    request: Request,
    key: string,
    representation: Representation,
    responseSignal: (() => AbortSignal | undefined) | undefined,
  ): MaybePromise<Response> {
    const onFault = (error: unknown) => onError(error, request)
    const open = new OpenRepresentation(representation)
    let plan: ResponsePlan
    try {
      const found = fields?.(request, key, representation)
      plan = planResponse(request, representation, found ? { ...planOptions, fields: found } : planOptions)
      plan = { ...plan, headers: { ...plan.headers, ...NOSNIFF } }
      const { segments } = plan
      const responder = responderOf(request)
      if (responder !== undefined && (segments.length === 0 || open.readInto !== undefined)) {
        const close = (reason?: unknown) => open.close(reason)
        const body = { segments, representation: open, close, onError: onFault }
        return segments.length > 0 ? responder(plan, body) : andThen(close(), () => responder(plan, body))
      }
    } catch (error) {
      // The source or an option said what no response can carry; nobody else knows that it is open.
      return andThen(open.close(), () => {
        throw error
      })
    }
    return respondOpen(plan, open, {
      readFirst,
      onError: onFault,
      // On some runtimes a signal is made when it is first looked at, which costs.
      get signal() {
        return responseSignal === undefined ? request.signal : responseSignal()
      },
    })
  }

  function notFound(method: string): Response {
    return detailResponse(method, 404, options.notFound ?? 'Not found')
  }

  function fault(request: Request, error: unknown): Response {
    onError(error, request)
    return faultResponse(request.method, error)
  }

  return (request, info) => {
    try {
      const response = answer(request, info)
      return response instanceof Promise ? response.catch((error) => fault(request, error)) : response
    } catch (error) {
      return fault(request, error)
    }
  }
}

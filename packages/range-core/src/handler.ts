import { detailResponse, faultResponse, NOSNIFF } from './detail-response.ts'
import { type PlanOptions, planMethod, planResponse, type ResponsePlan } from './plan.ts'
import { keyFromPath, pathOf } from './resource-key.ts'
import { type RespondOptions, respond } from './respond.ts'
import { responderOf } from './responder.ts'
import type { Fields, RangeSource, Representation, RepresentationInfo } from './source.ts'

export interface HandlerOptions
  extends Omit<PlanOptions, 'now' | 'boundary' | 'fields'>,
    Pick<RespondOptions, 'readFirst'> {
  /** Which key a request names; `undefined` is answered with a 404. Default: its whole path, see `keyFromPath`. */
  readonly key?: ((request: Request) => string | undefined) | undefined
  /** Further fields of a 200 or 206, for a request and what it found. Default: none. */
  readonly fields?: ((request: Request, key: string, found: RepresentationInfo) => Fields) | undefined
  /** The `detail` of a 404's JSON body. Default: `Not found`. */
  readonly notFound?: string | undefined
  /** Told the cause of every 500 and 503, and of nothing that a client did. Default: `console.error`. */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
}

/**
 * A web-standard handler that serves a source: RFC 9110's ranges and preconditions for GET and HEAD, 404,
 * 405, and faults with a fixed text. The promise never rejects.
 *
 * @example
 * const handler = createHandler(blobSource((key) => entries.get(key)))
 * const response = await handler(new Request('http://localhost/hello.txt', { headers: { Range: 'bytes=0-1' } }))
 * response.status // 206
 */
export function createHandler(
  source: RangeSource,
  options: HandlerOptions = {},
): (request: Request) => Promise<Response> {
  const { key: keyOf = (request) => keyFromPath(pathOf(request.url)), fields } = options
  const log = options.onError ?? ((error) => console.error(error))
  const onError = (error: unknown, request: Request) => {
    try {
      log(error, request)
    } catch (failure) {
      console.error(failure)
    }
  }

  async function answer(request: Request): Promise<Response> {
    const { method } = request
    const withoutRepresentation = planMethod(method)
    if (withoutRepresentation !== undefined) {
      return new Response(null, {
        ...withoutRepresentation,
        headers: { ...withoutRepresentation.headers, ...NOSNIFF },
      })
    }
    const key = keyOf(request)
    const representation = key === undefined ? undefined : await source.open(key)
    if (key === undefined || representation === undefined) {
      return detailResponse(method, 404, options.notFound ?? 'Not found')
    }
    return respond(await plan(request, key, representation), representation, {
      readFirst: options.readFirst,
      onError: (error) => onError(error, request),
      responder: responderOf(request),
      // On some runtimes a signal is made when it is first looked at, which costs.
      get signal() {
        return request.signal
      },
    })
  }

  async function plan(request: Request, key: string, representation: Representation): Promise<ResponsePlan> {
    try {
      const plan = planResponse(request, representation, {
        ...options,
        fields: fields?.(request, key, representation),
      })
      return { ...plan, headers: { ...plan.headers, ...NOSNIFF } }
    } catch (error) {
      // The source or an option said what no response can carry; nobody else knows that it is open.
      await representation.close()
      throw error
    }
  }

  return async (request) => {
    try {
      return await answer(request)
    } catch (error) {
      onError(error, request)
      return faultResponse(request.method, error)
    }
  }
}

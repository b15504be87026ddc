import {
  andThen,
  type MaybePromise,
  type PlanOptions,
  planMethod,
  planRepresentation,
  type RangeSource,
  type Representation,
} from '@rangekit/range-core'
import type { DeferredBody } from './body/deferred-body.ts'
import { OpenRepresentation } from './body/open-representation.ts'
import { aborted, COMPLETE, failed, type Outcome } from './body/outcome.ts'
import { type ResponseEnd, responseEnd } from './body/response-end.ts'
import { type Exchange, exchangeOf, reportFault } from './deferred/exchange.ts'
import { detailResponse, faultResponse, forbiddenResponse, NOSNIFF } from './detail-response.ts'
import { logFault } from './fault-log.ts'
import type { HandlerOptions } from './handler-options.ts'
import { respondWith } from './respond.ts'
import { keyReader } from './target/mount-path.ts'
import { TransferRecord } from './transfer.ts'

/** A request for a key, and when its response is over. */
interface Asked {
  readonly request: Request
  readonly key: string
  readonly exchange: Exchange | undefined
  readonly end: ResponseEnd
  readonly transfer: TransferRecord | undefined
}

/** Takes the place of a response that is no longer wanted; it is not sent. */
function unsent(transfer: TransferRecord | undefined): Response {
  const response = new Response(null, { status: 499 })
  return answered(response, transfer, aborted(new Error('The client left before the response')))
}

/** What fails when the response is over has most likely heeded its signal: not a fault. */
function unsentOrThrow(
  error: unknown,
  { isOver }: ResponseEnd,
  transfer: TransferRecord | undefined,
): Response {
  if (isOver) return unsent(transfer)
  throw error
}

/** Records a response that is not of a representation. */
function answered(response: Response, transfer: TransferRecord | undefined, outcome?: Outcome): Response {
  transfer?.answer(response, outcome)
  return response
}

/**
 * A web-standard handler that serves a source: ranges (9110 §14) and preconditions (9110 §13) for GET and HEAD, 204 for
 * OPTIONS, 404, 405, and faults as a 500 or 503 with a fixed text. It never throws, and its promise never rejects. It
 * returns no promise where the source returns none and nothing has to be read.
 *
 * The representation is closed exactly once, whatever middleware does with the response. That happens as soon as the
 * response is over if the handler is passed the server's second argument: `info` of `Deno.serve`, the bindings of
 * `@hono/node-server`.
 *
 * @param source what `open` gives is served; what it throws is answered with a 500, or a 503 if it is a
 * `SourceBusyError`.
 * @throws TypeError if `prefix` is not a path in normal form.
 * @returns the handler. Its second parameter, `info`, is what the server passes after the request. Default: none.
 * @example
 * const handler = createHandler(blobSource((key) => entries.get(key)))
 * const response = await handler(new Request('http://localhost/hello.txt', { headers: { Range: 'bytes=0-1' } }))
 * response.status // 206
 */
export function createHandler(
  source: RangeSource,
  options: HandlerOptions = {},
): (request: Request, info?: unknown) => MaybePromise<Response> {
  const { authorize, cacheControl, fields, onTransfer, readFirst } = options
  const keyOf = keyReader(options)
  const planOptions: PlanOptions = {
    ...options,
    cacheControl: typeof cacheControl === 'string' ? cacheControl : undefined,
    fields: undefined,
    everyField: NOSNIFF,
  }
  const log = options.onError ?? logFault
  const onError = (error: unknown, request: Request) => {
    try {
      log(error, request)
    } catch (failure) {
      console.error(failure)
    }
  }

  function answer(
    request: Request,
    info: unknown,
    transfer: TransferRecord | undefined,
  ): MaybePromise<Response> {
    const { method } = request
    const plan = planMethod(method, NOSNIFF)
    if (plan !== undefined) return answered(new Response(null, plan), transfer)
    const key = keyOf(request)
    if (key === undefined) return notFound(method, transfer)
    if (transfer !== undefined) transfer.key = key
    const exchange = exchangeOf(request)
    // Before anything is waited for: some servers report the end only once.
    const end = exchange ?? responseEnd(request, info)
    const proceed = () => open({ request, key, exchange, end, transfer })
    if (authorize === undefined) return proceed()
    return andThen(authorize(request, key), (verdict) => {
      if (verdict === true) return proceed()
      return answered(verdict || forbiddenResponse(method), transfer)
    })
  }

  function open(asked: Asked): MaybePromise<Response> {
    const { request, key, end, transfer } = asked
    const found = (opened: Representation | undefined) =>
      opened === undefined ? notFound(request.method, transfer) : serve(asked, opened)
    let opening: ReturnType<RangeSource['open']>
    try {
      opening = source.open(key, end)
    } catch (error) {
      return unsentOrThrow(error, end, transfer)
    }
    if (!(opening instanceof Promise)) return found(opening)
    return opening.then(
      (opened) => (opened && end.isOver ? andThen(opened.close(), () => unsent(transfer)) : found(opened)),
      (error) => unsentOrThrow(error, end, transfer),
    )
  }

  function serve(asked: Asked, opened: Representation): MaybePromise<Response> {
    const { request, exchange, end, transfer } = asked
    const representation = new OpenRepresentation(opened)
    representation.transfer = transfer
    let body: DeferredBody
    try {
      const plan = planRepresentation(request, opened, optionsFor(asked, opened))
      body = { plan, representation, onError: (error) => onError(error, request) }
      transfer?.plan(plan, opened)
      if (exchange !== undefined) {
        const defer = () => {
          const response = exchange.defer(body)
          transfer?.report()
          return response
        }
        if (plan.segments.length === 0) return andThen(representation.end(COMPLETE), defer)
        if (representation.readInto !== undefined) return defer()
      }
    } catch (error) {
      // The source or an option gave what no response can carry, and nothing else can close the representation.
      return andThen(representation.end(failed(error)), () => {
        throw error
      })
    }
    const responding = respondWith(body, {
      readFirst,
      onError: body.onError,
      get signal() {
        return end.signal
      },
    })
    return responding.then(
      (response) => {
        transfer?.report()
        return response
      },
      (error) => unsentOrThrow(error, end, transfer),
    )
  }

  function optionsFor({ request, key }: Asked, opened: Representation): PlanOptions {
    if (fields === undefined && typeof cacheControl !== 'function') return planOptions
    return {
      ...planOptions,
      ...(typeof cacheControl === 'function' && { cacheControl: cacheControl(key, opened) }),
      fields: fields?.(request, key, opened),
    }
  }

  function notFound(method: string, transfer: TransferRecord | undefined): Response {
    return answered(detailResponse(method, 404, options.notFound ?? 'Not found'), transfer)
  }

  function fault(request: Request, error: unknown, transfer: TransferRecord | undefined): Response {
    onError(error, request)
    reportFault(request, error)
    return answered(faultResponse(request.method, error), transfer, failed(error))
  }

  return (request, info) => {
    const transfer = onTransfer && new TransferRecord(onTransfer, request)
    try {
      const response = answer(request, info, transfer)
      return response instanceof Promise
        ? response.catch((error) => fault(request, error, transfer))
        : response
    } catch (error) {
      return fault(request, error, transfer)
    }
  }
}

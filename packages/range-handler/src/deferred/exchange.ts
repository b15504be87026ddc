import type { DeferredBody } from '../body/deferred-body.ts'
import { failed, type Outcome } from '../body/outcome.ts'
import { overSignal, ResponseEnd } from '../body/response-end.ts'
import { endUnread } from '../body/unread-body.ts'
import { type Deferred, deferredOf, deferredResponse } from './deferred-response.ts'

/**
 * One request and the bodies that handlers deferred for it. A server that can read bodies into its own buffers opens
 * one on the request before the app sees it. The handler of a source that has `readInto` then defers the body instead
 * of making a stream, and the server finds it in the response that comes back (`deferredOf`).
 *
 * Bodies that the server does not take, because middleware replaced the response, dropped it for an error or did not
 * wait for it, end when the exchange is over.
 */
export class Exchange extends ResponseEnd {
  #last: Deferred | undefined
  #left: readonly DeferredBody[] = []
  #fault: Outcome | undefined
  #isOver = false
  #over: ReturnType<typeof overSignal> | undefined

  /** What was deferred last, taken or not: a replaced response may be made of it. */
  get last(): Deferred | undefined {
    return this.#last
  }

  /** What the app says has failed, see `reportFault`. */
  get fault(): Outcome | undefined {
    return this.#fault
  }

  override get isOver(): boolean {
    return this.#isOver
  }

  override get signal(): AbortSignal {
    if (this.#over === undefined) {
      this.#over = overSignal()
      if (this.#isOver) this.#over.abort()
    }
    return this.#over.signal
  }

  /** For the handler: a response that carries a body to the server. Ends the body if the exchange is over. */
  defer(body: DeferredBody): Response {
    if (this.#isOver) endUnread(body)
    else this.#left = [...this.#left, body]
    const response = deferredResponse(body)
    this.#last = deferredOf(response)
    return response
  }

  /** The first fault counts. */
  fail(cause: unknown): void {
    this.#fault ??= failed(cause)
  }

  /** For the server, which must end the body itself from then on. */
  take(body: DeferredBody): void {
    this.#left = this.#left.filter((other) => other !== body)
  }

  /** For the server, when the response was sent or has failed. Ends the bodies that nothing has begun to read. */
  end(): void {
    this.#isOver = true
    this.#over?.abort()
    for (const body of this.#left) endUnread(body)
    this.#left = []
  }
}

const EXCHANGE = Symbol('exchange')

/** A symbol property: a WeakMap entry per request dominated GC time for small responses. */
interface ExchangedRequest extends Request {
  [EXCHANGE]?: Exchange
}

/**
 * For a server: opens an exchange on a request, before the app sees it. Handlers find it on this very object; if
 * middleware replaces the request, the body is a stream.
 *
 * @example
 * const exchange = openExchange(request)
 * const response = await createHandler(source)(request)
 * const deferred = deferredOf(response)
 * if (deferred !== undefined && isUntouched(deferred)) exchange.take(deferred.body)
 * exchange.end()
 */
export function openExchange(request: ExchangedRequest): Exchange {
  const exchange = new Exchange(request)
  request[EXCHANGE] = exchange
  return exchange
}

/** The exchange that was opened on a request. */
export function exchangeOf(request: ExchangedRequest): Exchange | undefined {
  return request[EXCHANGE]
}

/**
 * Says why a request is answered with a 500 or 503, for a server that reports it to whoever listens to its requests. A
 * handler of `createHandler` does so itself; this is for an app that catches its own errors. Does nothing on other servers.
 *
 * @param request the one that the server gave to the app, not a copy.
 * @param cause what failed.
 * @example
 * const exchange = openExchange(request)
 * reportFault(request, 'the disk failed')
 * exchange.fault // { kind: 'failed', cause: 'the disk failed' }
 */
export function reportFault(request: Request, cause: unknown): void {
  exchangeOf(request)?.fail(cause)
}

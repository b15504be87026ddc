import type { IntRange, OpenOptions } from '@rangekit/range-core'
import { likelyRange } from '../likely-range.ts'

interface EdgeRequest extends Request {
  readonly cf?: { readonly clientAcceptEncoding?: string }
}

/**
 * A request, and when its response is over: sent, failed or no longer wanted, as far as the runtime reports it. It is
 * passed to `open` as it is, so that no request needs a second object.
 */
export abstract class ResponseEnd implements OpenOptions {
  readonly #request: EdgeRequest

  constructor(request: Request) {
    this.#request = request
  }

  /** Aborted when it is over. May be made on first use, which costs on some runtimes. */
  abstract readonly signal: AbortSignal | undefined
  /** Whether it is over now. */
  abstract readonly isOver: boolean

  /**
   * Accept-Encoding as the client sent it. Cloudflare replaces the field by `br, gzip` for all clients, and keeps what it
   * replaced in `request.cf`.
   */
  get acceptEncoding(): string | undefined {
    const { cf, headers } = this.#request
    return cf?.clientAcceptEncoding ?? headers.get('accept-encoding') ?? undefined
  }

  get likelyRange(): IntRange | undefined {
    return likelyRange(this.#request)
  }
}

/**
 * Finds out how the server reports that a response is over.
 *
 * - `Deno.serve` passes `info.completed`, which settles when the response was sent or failed. It must be read before
 *   that. Deno's `request.signal` is not used: reading it prints a warning.
 * - `@hono/node-server` passes `info.outgoing`, which emits `close` when the response was sent or failed.
 * - Elsewhere (`Bun.serve`, workerd) there is `request.signal`, aborted when the client leaves, but not when another
 *   response was sent.
 *
 * @param info what the server passed to the handler after the request.
 */
export function responseEnd(request: Request, info: unknown): ResponseEnd {
  const { completed, outgoing }: { completed?: unknown; outgoing?: unknown } = Object(info)
  if (completed instanceof Promise) {
    return new ReportedEnd(request, (abort) => void completed.then(abort, abort))
  }
  if (isServerResponse(outgoing))
    return new ReportedEnd(request, (abort) => void outgoing.once('close', abort))
  return new AbortedEnd(request)
}

/** An end that the server reports. */
class ReportedEnd extends ResponseEnd {
  readonly signal: AbortSignal

  constructor(request: Request, subscribe: (abort: () => void) => void) {
    super(request)
    const { signal, abort } = overSignal()
    this.signal = signal
    subscribe(abort)
  }

  get isOver(): boolean {
    return this.signal.aborted
  }
}

/** An end that the signal of the request reports, if anything does. */
class AbortedEnd extends ResponseEnd {
  readonly #request: Request

  constructor(request: Request) {
    super(request)
    this.#request = request
  }

  get signal(): AbortSignal | undefined {
    return 'Deno' in globalThis ? undefined : this.#request.signal
  }

  get isOver(): boolean {
    return this.signal?.aborted === true
  }
}

/** A signal that is aborted when a response is over. */
export function overSignal(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort(new Error('The response is over')) }
}

interface ServerResponse {
  readonly writableEnded: boolean
  once(event: 'close', listener: () => void): unknown
}

function isServerResponse(value: unknown): value is ServerResponse {
  const { once, writableEnded }: { once?: unknown; writableEnded?: unknown } = Object(value)
  return typeof once === 'function' && typeof writableEnded === 'boolean'
}

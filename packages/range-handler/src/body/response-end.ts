import type { IntRange, OpenOptions } from '@rangekit/range-core'
import { likelyRange } from '../likely-range.ts'

interface EdgeRequest extends Request {
  readonly cf?: { readonly clientAcceptEncoding?: string }
}

/**
 * A request, and when its response is over: sent, failed or no longer wanted, as far as the runtime reports it. It is
 * passed to `open` as it is, so that no request needs a second object.
 */
export class ResponseEnd implements OpenOptions {
  readonly #request: EdgeRequest
  readonly #signal: AbortSignal | undefined

  /** @param signal is aborted when it is over. Default: that of the request, if anything reports it. */
  constructor(request: Request, signal?: AbortSignal) {
    this.#request = request
    this.#signal = signal
  }

  /** Aborted when it is over. May be made on first use, which costs on some runtimes. */
  get signal(): AbortSignal | undefined {
    return this.#signal ?? ('Deno' in globalThis ? undefined : this.#request.signal)
  }

  /** Whether it is over now. */
  get isOver(): boolean {
    return this.signal?.aborted === true
  }

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
  if (completed instanceof Promise) return reported(request, (abort) => void completed.then(abort, abort))
  if (isServerResponse(outgoing)) return reported(request, (abort) => void outgoing.once('close', abort))
  return new ResponseEnd(request)
}

function reported(request: Request, subscribe: (abort: () => void) => void): ResponseEnd {
  const { signal, abort } = overSignal()
  subscribe(abort)
  return new ResponseEnd(request, signal)
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

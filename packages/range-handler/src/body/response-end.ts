import type { OpenOptions } from '@rangekit/range-core'

/**
 * When a response is over: sent, failed or no longer wanted, as far as the runtime reports it. It is passed to `open` as
 * it is, so that no request needs a second object.
 */
export interface ResponseEnd extends OpenOptions {
  /** Aborted then. May be made on first use, which costs on some runtimes. */
  readonly signal: AbortSignal | undefined
  readonly acceptEncoding: string | undefined
  /** Whether it is over now. */
  readonly isOver: boolean
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
    return endsBy(request, (abort) => void completed.then(abort, abort))
  }
  if (isServerResponse(outgoing)) return endsBy(request, (abort) => void outgoing.once('close', abort))
  return {
    get signal() {
      return 'Deno' in globalThis ? undefined : request.signal
    },
    get acceptEncoding() {
      return acceptEncodingOf(request)
    },
    get isOver() {
      return this.signal?.aborted === true
    },
  }
}

interface EdgeRequest extends Request {
  readonly cf?: { readonly clientAcceptEncoding?: string }
}

/**
 * Accept-Encoding as the client sent it, for {@link OpenOptions}. Cloudflare replaces the field by `br, gzip` for all
 * clients, and keeps what it replaced in `request.cf`.
 */
export function acceptEncodingOf({ cf, headers }: EdgeRequest): string | undefined {
  return cf?.clientAcceptEncoding ?? headers.get('accept-encoding') ?? undefined
}

function endsBy(request: Request, subscribe: (abort: () => void) => void): ResponseEnd {
  const { signal, abort } = overSignal()
  subscribe(abort)
  return {
    signal,
    get acceptEncoding() {
      return acceptEncodingOf(request)
    },
    get isOver() {
      return signal.aborted
    },
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

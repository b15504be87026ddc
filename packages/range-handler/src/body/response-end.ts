import type { OpenOptions } from '@rangekit/range-core'

/** When nobody waits for the response to a request any more, as far as the runtime says so. */
export interface ResponseEnd extends OpenOptions {
  /** Aborted then. May be made when it is looked at, which costs on some runtimes. */
  readonly signal: AbortSignal | undefined
  /** Whether that is now. */
  readonly isOver: boolean
}

/**
 * Finds out how a server says that a response is over.
 *
 * - `Deno.serve` passes `info.completed`, which settles when the response was sent or failed. It has to be asked for
 *   before that. Deno's `request.signal` is not used: it prints a warning where it is.
 * - `@hono/node-server` passes `info.outgoing`, which emits `close` when the response was sent or failed.
 * - Elsewhere (`Bun.serve`, workerd) there is `request.signal`, aborted when the client leaves, but not when another
 *   response was sent.
 *
 * @param info what the server passed beside the request.
 */
export function responseEnd(request: Request, info: unknown): ResponseEnd {
  const { completed, outgoing }: { completed?: unknown; outgoing?: unknown } = Object(info)
  if (completed instanceof Promise) {
    return endsBy((abort) => void completed.then(abort, abort))
  }
  if (isServerResponse(outgoing)) return endsBy((abort) => void outgoing.once('close', abort))
  return {
    get signal() {
      return 'Deno' in globalThis ? undefined : request.signal
    },
    get isOver() {
      return this.signal?.aborted === true
    },
  }
}

function endsBy(subscribe: (abort: () => void) => void): ResponseEnd {
  const { signal, abort } = overSignal()
  subscribe(abort)
  return {
    signal,
    get isOver() {
      return signal.aborted
    },
  }
}

/** A signal that says that a response is over. */
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

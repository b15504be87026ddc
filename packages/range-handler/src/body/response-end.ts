/**
 * Says when nobody waits for the response to a request any more, as far as the runtime says it.
 *
 * - `Deno.serve` passes `info.completed`, which settles when the response was sent or failed. It has to be asked for
 *   before that. Deno's `request.signal` is not used: it prints a warning where it is.
 * - `@hono/node-server` passes `info.outgoing`, which emits `close` when the response was sent or failed.
 * - Elsewhere (`Bun.serve`, workerd) there is `request.signal`, aborted when the client leaves, but not when another
 *   response was sent. It is made when it is first asked for, which costs on some runtimes: hence the function.
 *
 * @param info what the server passed beside the request.
 */
export function responseEnd(request: Request, info: unknown): () => AbortSignal | undefined {
  const { completed, outgoing }: { completed?: unknown; outgoing?: unknown } = Object(info)
  const isPromise = completed instanceof Promise
  if (!isPromise && !isServerResponse(outgoing)) {
    return () => ('Deno' in globalThis ? undefined : request.signal)
  }
  const end = new AbortController()
  const abort = () => end.abort(new Error('The response is over'))
  if (isPromise) completed.then(abort, abort)
  else if (isServerResponse(outgoing)) outgoing.once('close', abort)
  return () => end.signal
}

interface ServerResponse {
  readonly writableEnded: boolean
  once(event: 'close', listener: () => void): unknown
}

function isServerResponse(value: unknown): value is ServerResponse {
  const { once, writableEnded }: { once?: unknown; writableEnded?: unknown } = Object(value)
  return typeof once === 'function' && typeof writableEnded === 'boolean'
}

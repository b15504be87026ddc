import type { serve } from '@hono/node-server'

export type Fetch = (request: Request, info?: unknown) => Response | Promise<Response>

/** The parts of the runtimes' own APIs that are used. */
declare const Bun: {
  serve(options: { port: number; hostname: string; fetch: Fetch }): { readonly port: number }
}
declare const Deno: {
  serve(
    options: { port: number; hostname: string; onListen: () => void },
    handler: Fetch,
  ): { readonly addr: { readonly port: number } }
}

const hostname = '127.0.0.1'

/**
 * Listens with the server that the runtime has itself; on Node, with that of Hono.
 *
 * @returns the port.
 */
export async function listen(fetch: Fetch, onNode: typeof serve): Promise<number> {
  if ('Bun' in globalThis) return Bun.serve({ port: 0, hostname, fetch }).port
  if ('Deno' in globalThis) return Deno.serve({ port: 0, hostname, onListen() {} }, fetch).addr.port
  return new Promise((resolve) => {
    onNode({ fetch, port: 0, hostname }, (address) => resolve(address.port))
  })
}

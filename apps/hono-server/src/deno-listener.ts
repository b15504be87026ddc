import { setTimeout as sleep } from 'node:timers/promises'

/** What is used of Deno's own API. */
interface DenoRuntime {
  serve(options: ListenOptions & { readonly onListen: () => void }): DenoServer
}

interface DenoServer {
  readonly addr: { readonly port: number }
  readonly finished: Promise<void>
  shutdown(): Promise<void>
}

declare const Deno: DenoRuntime

export interface ListenOptions {
  readonly port: number
  readonly hostname: string
  readonly handler: (request: Request) => Response | Promise<Response>
}

export interface Listener {
  readonly port: number
  /** Takes no more connections, and resolves when those that are there are done. */
  shutdown(): Promise<void>
}

/** How long to wait before listening again, in milliseconds. */
const RETRY = 200

/**
 * `Deno.serve` that goes on: Deno's own ends for good when it cannot take a connection, which is so as soon as
 * descriptors run out. Another takes its place, and what was being sent is sent to its end.
 *
 * @throws what `Deno.serve` fails with, `AddrInUse` among it.
 */
export function listen(options: ListenOptions): Listener {
  let stopping = false
  let server = Deno.serve({ ...options, onListen() {} })
  const { port } = server.addr
  /** Servers that take nothing any more, but still send. */
  const ending = new Set<Promise<void>>()

  async function end(failed: DenoServer): Promise<void> {
    const ended = failed.shutdown()
    ending.add(ended)
    await ended
    ending.delete(ended)
  }
  async function replace(error: unknown): Promise<void> {
    console.error(error)
    void end(server)
    while (!stopping) {
      await sleep(RETRY)
      try {
        server = Deno.serve({ ...options, port, onListen() {} })
        return watch()
      } catch {
        // There is no descriptor for it either; later there may be.
      }
    }
  }
  function watch(): void {
    void server.finished.catch(replace)
  }

  watch()
  return {
    port,
    async shutdown() {
      stopping = true
      await Promise.all([...ending, server.shutdown()])
    },
  }
}

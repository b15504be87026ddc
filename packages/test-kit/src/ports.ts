import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

// Below the ports that kernels give to connections and to servers that ask for any: only tests take these, and tests
// that run at the same time rarely take the same.
const FIRST_PORT = 10_000
const PORTS = 20_000

/** Listens on a free port of 127.0.0.1 until `close` is called, so that nothing else can. */
export async function takePort(): Promise<{ readonly port: number; close(): Promise<void> }> {
  for (;;) {
    const port = FIRST_PORT + randomInt(PORTS)
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') continue
      throw error
    }
    return {
      port,
      async close() {
        server.close()
        await once(server, 'close')
      },
    }
  }
}

/** A port of 127.0.0.1 on which nothing listens at the moment. */
export async function freePort(): Promise<number> {
  const { port, close } = await takePort()
  await close()
  return port
}

/** Whether something listens on a port of 127.0.0.1. */
export async function acceptsConnections(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Listens on a free port of 127.0.0.1 until `close` is called, so that nothing else can. */
export async function takePort(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return {
    port: address.port,
    async close() {
      server.close()
      await once(server, 'close')
    },
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

import { once } from 'node:events'
import { createServer } from 'node:net'

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

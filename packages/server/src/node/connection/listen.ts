import type { Server } from 'node:http'

/**
 * Listens on a TCP port.
 *
 * @returns the port.
 * @throws Error, as a rejection, if it cannot listen.
 */
export async function listenOn(server: Server, port: number, hostname: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host: hostname }, () => {
      server.off('error', reject).on('error', console.error)
      resolve()
    })
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

import type { Server } from 'node:http'

/** A port and an address, or a descriptor of a socket that listens already. */
type Listening = { readonly port: number; readonly host: string } | { readonly fd: number }

/**
 * Listens on a TCP port.
 *
 * @returns the port; 0 for a socket that has none.
 * @throws Error, as a rejection, if it cannot listen.
 */
export async function listenOn(server: Server, where: Listening): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(where, () => {
      server.off('error', reject).on('error', console.error)
      resolve()
    })
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Listening {
  /** Without a path: `http://127.0.0.1:8080`. */
  readonly url: string
  /** Ends every connection. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
  onRequest(request: IncomingMessage, response: ServerResponse): void
  /** Called with 1 and -1. */
  onConnection(change: number): void
}

/** Starts a server. */
export async function listen({ host, port, onRequest, onConnection }: ListenOptions): Promise<Listening> {
  const server = createServer(onRequest)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    onConnection(1)
    // A client that resets its connection is not a fault of this server.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      onConnection(-1)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

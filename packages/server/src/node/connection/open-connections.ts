import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The open connections of a server. */
export class OpenConnections {
  readonly #all = new Set<Socket>()
  readonly #silent = new Set<Socket>()
  readonly #old = new Set<ServerResponse>()

  /** Tracks the connections of `server` from now on. */
  constructor(server: Server) {
    server
      .on('connection', (socket) => this.#add(socket))
      .on('request', (request, response) => {
        if (this.#silent.size > 0) this.#silent.delete(carrierOf(request.socket))
        if (request.httpVersionMinor === 0) this.#addOld(response)
      })
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size
  }

  [Symbol.iterator](): Iterator<Socket> {
    return this.#all.values()
  }

  /** Those without any request so far, also in the middle of a TLS handshake. Node does not count them as idle. */
  get silent(): Iterable<Socket> {
    return this.#silent
  }

  /** Responses of HTTP/1.0 under way. */
  get old(): Iterable<ServerResponse> {
    return this.#old
  }

  /** Another protocol than HTTP/1.1 takes the connection over, and knows itself whether it is idle. */
  handOver(socket: Socket): void {
    this.#silent.delete(carrierOf(socket))
  }

  #addOld(response: ServerResponse): void {
    this.#old.add(response)
    response.once('close', () => this.#old.delete(response))
  }

  #add(socket: Socket): void {
    this.#all.add(socket)
    this.#silent.add(socket)
    socket.once('close', () => {
      this.#all.delete(socket)
      this.#silent.delete(socket)
    })
  }
}

/** On Node and Deno, a TLS socket is another one than the TCP socket that was accepted. */
interface MaybeWrapped extends Socket {
  readonly _parent?: Socket | null
}

/** The TCP socket below a TLS socket; other sockets themselves. */
export function carrierOf(socket: MaybeWrapped): Socket {
  return socket._parent ?? socket
}

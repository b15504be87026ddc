import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { carrierOf } from '../connection/open-connections.ts'
import { addressGroup } from './address-group.ts'

/** How many refused connections may wait for their answer. More are closed at once. */
const MAX_REFUSED = 64
/** How long a refused connection may take to ask for something, its TLS handshake included, in milliseconds. */
const REFUSAL_TIME = 5000

/** How many connections there may be. */
export interface ConnectionLimits {
  /** All together. Default: no limit. */
  readonly maxConnections?: number | undefined
  /** From one IPv4 address, or from one /64 of IPv6 addresses. Default: no limit. */
  readonly maxConnectionsPerAddress?: number | undefined
}

/** What a connection gets: answers; a refusal; nothing, because too many are being refused. */
export type Admission = 'admitted' | 'refused' | 'dropped'

/** Counts connections, and says which are too many. Those are answered with a 503 and closed. */
export class ConnectionLimit {
  readonly #most: number
  readonly #mostPerAddress: number
  /** How many were admitted, by `addressGroup`. */
  readonly #perAddress = new Map<string, number>()
  #admitted = 0
  readonly #refused = new Set<Socket>()
  /** Bun reports a connection with its first request, and answers that even if the connection is destroyed then. */
  readonly #dropped = new WeakSet<Socket>()

  constructor({ maxConnections, maxConnectionsPerAddress }: ConnectionLimits) {
    this.#most = maxConnections ?? Number.POSITIVE_INFINITY
    this.#mostPerAddress = maxConnectionsPerAddress ?? Number.POSITIVE_INFINITY
  }

  /** Decides about the connections of a server from now on. */
  watch(server: Server): void {
    server.on('connection', (socket) => {
      if (this.#admit(socket) !== 'dropped') return
      this.#dropped.add(socket)
      socket.destroy()
    })
  }

  /** What was decided about a connection. */
  admission(socket: Socket): Admission {
    const carrier = carrierOf(socket)
    if (this.#refused.has(carrier)) return 'refused'
    return this.#dropped.has(carrier) ? 'dropped' : 'admitted'
  }

  #admit(socket: Socket): Admission {
    const address = addressGroup(socket.remoteAddress ?? '')
    const fromThere = this.#perAddress.get(address) ?? 0
    if (this.#admitted >= this.#most || fromThere >= this.#mostPerAddress) return this.#refuse(socket)
    this.#admitted++
    this.#perAddress.set(address, fromThere + 1)
    socket.once('close', () => {
      this.#admitted--
      const left = (this.#perAddress.get(address) ?? 0) - 1
      if (left > 0) this.#perAddress.set(address, left)
      else this.#perAddress.delete(address)
    })
    return 'admitted'
  }

  #refuse(socket: Socket): Admission {
    if (this.#refused.size >= MAX_REFUSED) return 'dropped'
    this.#refused.add(socket)
    const timer = setTimeout(() => socket.destroy(), REFUSAL_TIME).unref()
    socket.once('close', () => {
      this.#refused.delete(socket)
      clearTimeout(timer)
    })
    return 'refused'
  }
}

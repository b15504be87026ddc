import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What is known of a connection, from its first request on. */
export interface Connection {
  /** The response at its head: the one that is being sent, or the last that was. */
  current: ServerResponse | undefined
  /** Requests that wait for the responses before theirs. */
  waiting: number
  /** Whether it is not read for now. */
  isHeld: boolean
  /** Whether what it sends is no HTTP, and it is about to end. */
  isRefused: boolean
  /** Bytes of bodies that the kernel has taken. Bun's own count begins anew with each response. */
  taken: number
  /** Bytes for which its kernel has room at the start of a response, and whenever it has made some, as far as we know. */
  room: number
  /** Called when it ends. */
  readonly onClose: Set<() => void>
}

/** Kernels start with less, but have grown their buffers by the time a client has proven that it reads. */
const ROOM = 1024 * 1024

const CONNECTION = Symbol('connection')

/** A property rather than a WeakMap, which costs the collector more than all the rest of a small response. */
interface KnownSocket extends Socket {
  [CONNECTION]?: Connection
}

export function connectionOf(socket: KnownSocket): Connection {
  const known = socket[CONNECTION]
  if (known !== undefined) return known
  const onClose = new Set<() => void>()
  const connection: Connection = {
    current: undefined,
    waiting: 0,
    isHeld: false,
    isRefused: false,
    taken: 0,
    room: ROOM,
    onClose,
  }
  socket[CONNECTION] = connection
  // One listener for all responses of a connection, however many a client asks for at once.
  socket.once('close', () => {
    for (const callback of onClose) callback()
  })
  return connection
}

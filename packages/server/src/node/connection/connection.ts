import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What is known of a connection, from its first request on. */
export interface Connection {
  /** The response to the last request so far. */
  last: ServerResponse | undefined
  /** How many requests there were. */
  asked: number
  /** Requests that wait for the responses before theirs. */
  waiting: number
  /** Whether it is not read for now. */
  isHeld: boolean
  /** When it was last read again after that, by the monotonic clock. */
  releasedAt: number
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
    last: undefined,
    asked: 0,
    waiting: 0,
    isHeld: false,
    releasedAt: Number.NEGATIVE_INFINITY,
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

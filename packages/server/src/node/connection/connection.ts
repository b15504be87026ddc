import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Client } from '../../client.ts'
import type { Share } from '../limits/pace.ts'

/** The state of a connection, from its first request on. */
export interface Connection {
  /** The response to the last request so far. */
  last: ServerResponse | undefined
  /** How many requests have arrived. */
  asked: number
  /** How many requests wait for the responses to earlier ones. */
  waiting: number
  /** Whether reading from it is suspended. */
  isHeld: boolean
  /** When reading was last resumed, in milliseconds of the monotonic clock; -Infinity if it was never suspended. */
  releasedAt: number
  /** Whether it sent something that is not valid HTTP, and is about to end. */
  isRefused: boolean
  /** Bytes of bodies that the kernel has taken. Not `bytesWritten`: on Bun that starts again with each response. */
  taken: number
  /** Bytes that the kernel can take at once when its send buffer has drained, as far as known. */
  room: number
  /** What it may send, if that is limited. */
  share: Share | undefined
  /** Its other end. */
  readonly client: Client
  /** Called when it ends. */
  readonly onClose: Set<() => void>
}

/** Initial `room`. Kernels start with less, but their buffers have grown by the time a client has proven to read. */
const ROOM = 1024 * 1024

const CONNECTION = Symbol('connection')

/** A symbol property: a WeakMap entry per connection dominated GC time for small responses. */
interface KnownSocket extends Socket {
  [CONNECTION]?: Connection
}

/** The state of a socket's connection, created on first use. */
export function connectionOf(socket: KnownSocket): Connection {
  const known = socket[CONNECTION]
  if (known !== undefined) return known
  const onClose = new Set<() => void>()
  const client = clientOf(socket)
  const connection: Connection = {
    last: undefined,
    asked: 0,
    waiting: 0,
    isHeld: false,
    releasedAt: Number.NEGATIVE_INFINITY,
    isRefused: false,
    taken: 0,
    // What encrypts holds a copy of all that one write takes, and is slow with large ones: half as fast at 512 KiB.
    room: client.isSecure ? 0 : ROOM,
    share: undefined,
    client,
    onClose,
  }
  socket[CONNECTION] = connection
  // One listener for all responses of a connection, however many requests a client pipelines.
  socket.once('close', () => {
    for (const callback of onClose) callback()
  })
  return connection
}

/** An IPv4 address on a socket that accepts IPv6, too (4291 §2.5.5.2). */
const MAPPED = /^::ffff:(?=\d+\.)/i

function clientOf(socket: Socket): Client {
  const { remoteAddress = '', remotePort = 0 } = socket
  return { address: remoteAddress.replace(MAPPED, ''), port: remotePort, isSecure: isSecure(socket) }
}

/** Whether a connection is encrypted. On Bun it is no TLSSocket. */
function isSecure(socket: Socket): boolean {
  return 'encrypted' in socket && socket.encrypted === true
}

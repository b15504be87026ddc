import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { connectionOf } from './connection.ts'

/** Statuses of what a parser refuses, by its code; all else is a 400. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** A request line with another version than 1.x. */
const OTHER_VERSION = /^[!-~]+ [!-~]+ HTTP\/(?!1\.)\d+(?:\.\d+)?\r?\n/

interface ClientError extends Error {
  readonly code?: string
  /** What was being read. */
  readonly rawPacket?: Uint8Array
}

/** How long a refused client may go on sending before its connection ends, in milliseconds. */
const LINGER = 500

/**
 * Answers what is no request, and ends its connection. What the client still sends is read and thrown away for a moment:
 * a connection that is closed with bytes unread is reset, and the answer with it (9112 §9.6). In the middle of
 * a response there is nothing that could be said.
 */
export function refuseClient(error: ClientError, socket: Socket): void {
  const connection = connectionOf(socket)
  // The rest of a refused request is refused as well.
  if (connection.isRefused) return
  connection.isRefused = true
  const { current, waiting } = connection
  const isAnswering = waiting > 0 || (current?.headersSent === true && !current.writableFinished)
  if (!socket.writable || isAnswering || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const isOtherVersion = OTHER_VERSION.test(Buffer.from(error.rawPacket ?? []).toString('latin1', 0, 8192))
  const status = isOtherVersion ? 505 : (STATUSES[error.code ?? ''] ?? 400)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER).unref()
}

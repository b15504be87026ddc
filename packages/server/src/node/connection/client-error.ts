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
 * Answers what is no request, and ends its connection: after the responses to the requests before it, which are valid.
 *
 * @param headTimeout how long a request may take to arrive, in milliseconds.
 */
export function refuseClient(error: ClientError, socket: Socket, headTimeout: number): void {
  const connection = connectionOf(socket)
  // The rest of a refused request is refused as well.
  if (connection.isRefused || socket.destroyed) return
  if (error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { asked, last } = connection
  const isBusy = last !== undefined && !last.writableFinished
  const sinceRelease = performance.now() - connection.releasedAt
  const isOurDelay =
    connection.isHeld || sinceRelease < headTimeout || (isBusy && sinceRelease < Number.POSITIVE_INFINITY)
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isOurDelay) {
    // A request is late because we did not read. Its runtime does not look again, so we do.
    const lookAgain = () => connection.asked === asked && refuseClient(error, socket, headTimeout)
    setTimeout(lookAgain, headTimeout).unref()
    return
  }
  connection.isRefused = true
  if (last === undefined || !isBusy) answer(error, socket)
  else if (last.req.complete) last.once('finish', () => queueMicrotask(() => answer(error, socket)))
  // What is wrong is the content of the last request, which is being answered.
  else if (connection.waiting > 0 || last.headersSent) socket.destroy()
  else answer(error, socket)
}

/**
 * What the client still sends is read and thrown away for a moment: a connection that is closed with bytes unread is
 * reset, and the answer with it (9112 §9.6).
 */
function answer(error: ClientError, socket: Socket): void {
  if (!socket.writable) return
  const isOtherVersion = OTHER_VERSION.test(Buffer.from(error.rawPacket ?? []).toString('latin1', 0, 8192))
  const status = isOtherVersion ? 505 : (STATUSES[error.code ?? ''] ?? 400)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER).unref()
}

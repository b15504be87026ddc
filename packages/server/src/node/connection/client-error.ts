import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { connectionOf } from './connection.ts'

/** The status for each error code of the parser; every other code is a 400. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** A request line with a version other than 1.x. */
const OTHER_VERSION = /^[!-~]+ [!-~]+ HTTP\/(?!1\.)\d+(?:\.\d+)?\r?\n/

interface ClientError extends Error {
  readonly code?: string
  /** The bytes that were being parsed. */
  readonly rawPacket?: Uint8Array
}

/** How long a refused client may continue to send before its connection is closed, in milliseconds. */
const LINGER = 500

/**
 * Responds to a message that is not a valid request, and ends its connection. Responses to earlier requests, which are
 * valid, are sent first.
 *
 * @param headTimeout how long a request may take to arrive, in milliseconds.
 * @param onRefused called with the status when the refusal is sent. Default: nobody listens.
 */
export function refuseClient(
  error: ClientError,
  socket: Socket,
  headTimeout: number,
  onRefused?: (status: number) => void,
): void {
  const connection = connectionOf(socket)
  // The parser reports the rest of a refused request, too.
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
    // The request is late because we did not read. The runtime does not check again, so we do.
    const lookAgain = () => connection.asked === asked && refuseClient(error, socket, headTimeout, onRefused)
    setTimeout(lookAgain, headTimeout).unref()
    return
  }
  connection.isRefused = true
  if (last === undefined || !isBusy) refuse(error, socket, onRefused)
  else if (last.req.complete)
    last.once('finish', () => queueMicrotask(() => refuse(error, socket, onRefused)))
  // The error is in the content of the last request, which is being answered.
  else if (connection.waiting > 0 || last.headersSent) socket.destroy()
  else refuse(error, socket, onRefused)
}

/**
 * Sends the refusal, then reads and discards what the client still sends for a moment: closing a connection with unread
 * bytes resets it, and the response is lost (9112 §9.6).
 */
function refuse(error: ClientError, socket: Socket, onRefused: ((status: number) => void) | undefined): void {
  if (!socket.writable) return
  const isOtherVersion = OTHER_VERSION.test(Buffer.from(error.rawPacket ?? []).toString('latin1', 0, 8192))
  const status = isOtherVersion ? 505 : (STATUSES[error.code ?? ''] ?? 400)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  onRefused?.(status)
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER).unref()
}

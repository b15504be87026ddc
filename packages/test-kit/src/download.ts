import type { Socket } from 'node:net'
import { openSocket, requestText } from './raw.ts'

/** A download that stopped reading after the head and a little of the body. */
export interface Held {
  readonly head: string
  readonly contentLength: number
  /**
   * Reads on until the whole body has come and `expectedAfter` has come after it, or until the connection ends.
   *
   * @param onBody receives every piece of the body, including what had come before.
   * @param expectedAfter part of the next response. Default: the empty text.
   */
  finish(onBody?: (piece: Buffer) => void, expectedAfter?: string): Promise<Outcome>
  /** Closes the connection. */
  leave(): void
}

export interface Outcome {
  /** Bytes of the body that have come. */
  readonly received: number
  /** What came after the body. */
  readonly after: string
  /** Whether the server closed the connection. */
  readonly closed: boolean
}

/** Milliseconds to finish: longer than a kernel short of socket memory takes to resume a connection. */
const DEADLINE = 60_000

/**
 * Starts a download, and stops reading in the middle of its body.
 *
 * @param paths the download, and more requests that are sent together with its own.
 * @throws Error if the response has no body to be in the middle of.
 */
export async function hold(port: number, ...paths: string[]): Promise<Held> {
  const socket = await openSocket(port)
  socket.write(paths.map((path) => requestText(`GET ${path}`)).join(''))
  const start = await readStart(socket)
  const headEnd = start.indexOf('\r\n\r\n') + 4
  const head = start.toString('latin1', 0, headEnd)
  const contentLength = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1])
  const first = start.subarray(headEnd)
  if (!(contentLength > first.byteLength)) throw new Error(`No body to be in the middle of: ${head}`)

  function finish(onBody: (piece: Buffer) => void = () => {}, expectedAfter = ''): Promise<Outcome> {
    return new Promise((resolve) => {
      let received = 0
      let after = ''
      const done = (closed: boolean) => {
        clearTimeout(deadline)
        socket.destroy()
        resolve({ received, after, closed })
      }
      const deadline = setTimeout(() => done(false), DEADLINE)
      const take = (piece: Buffer) => {
        const body = piece.subarray(0, contentLength - received)
        received += body.byteLength
        onBody(body)
        after += piece.toString('latin1', body.byteLength)
        if (received === contentLength && after.includes(expectedAfter)) done(false)
      }
      take(first)
      socket
        .on('data', take)
        .once('close', () => done(true))
        .resume()
      if (socket.destroyed) done(true)
    })
  }
  return { head, contentLength, finish, leave: () => socket.destroy() }
}

/** Reads the head and some of the body, and pauses. A server that is busy may send the head on its own. */
function readStart(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const onClose = () => reject(new Error('The connection ended before the body'))
    const onData = (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece])
      const headEnd = bytes.indexOf('\r\n\r\n')
      if (headEnd < 0 || bytes.byteLength === headEnd + 4) return
      socket.pause().off('data', onData).off('close', onClose)
      resolve(bytes)
    }
    socket.on('data', onData).once('close', onClose)
  })
}

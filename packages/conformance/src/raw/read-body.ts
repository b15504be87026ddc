/**
 * How the end of a body is determined (9112 §6.3). `none`: there can be no body. `close`: the body ends with the
 * connection. `end-stream`: it has no length, and ends with its stream (9113 §8.1).
 */
export type Framing = 'none' | 'content-length' | 'chunked' | 'close' | 'end-stream'

/** A body as far as it has arrived, without chunked coding, or the reason why it cannot be read. */
export type ReadBody =
  | {
      readonly kind: 'body'
      readonly body: Buffer
      /** Whether the body has ended where its framing says. */
      readonly complete: boolean
      /** Index of the first byte after the body; past the end of the bytes while the body is incomplete. */
      readonly next: number
    }
  | { readonly kind: 'malformed'; readonly problem: string }

/**
 * Reads what has arrived of a body.
 *
 * @param start index of the first byte of the body.
 * @param length value of Content-Length; used with that framing only.
 * @param ended whether the server has closed the connection, which completes a body framed by `close`.
 */
export function readBody(
  bytes: Buffer,
  start: number,
  framing: Framing,
  length: number,
  ended: boolean,
): ReadBody {
  switch (framing) {
    case 'none':
      return { kind: 'body', body: bytes.subarray(start, start), complete: true, next: start }
    case 'close':
    case 'end-stream':
      return { kind: 'body', body: bytes.subarray(start), complete: ended, next: bytes.length }
    case 'content-length': {
      const next = start + length
      return { kind: 'body', body: bytes.subarray(start, next), complete: bytes.length >= next, next }
    }
    case 'chunked':
      return readChunks(bytes, start)
  }
}

/** The chunked coding (9112 §7.1); extensions and trailers are skipped. */
function readChunks(bytes: Buffer, start: number): ReadBody {
  const chunks: Buffer[] = []
  const read = (complete: boolean, next: number): ReadBody => {
    return { kind: 'body', body: Buffer.concat(chunks), complete, next }
  }
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return read(false, bytes.length)
    const line = bytes.toString('latin1', at, lineEnd)
    const [, digits] = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line) ?? []
    if (digits === undefined) return { kind: 'malformed', problem: `not a chunk size: ${quote(line)}` }
    const size = Number.parseInt(digits, 16)
    const dataEnd = lineEnd + 2 + size
    if (size === 0) {
      // The trailer section is empty, or fields followed by an empty line.
      const empty = bytes.toString('latin1', dataEnd, dataEnd + 2) === '\r\n'
      const trailerEnd = empty ? dataEnd - 2 : bytes.indexOf('\r\n\r\n', dataEnd)
      return trailerEnd === -1 ? read(false, bytes.length) : read(true, trailerEnd + 4)
    }
    chunks.push(bytes.subarray(lineEnd + 2, dataEnd))
    if (bytes.length < dataEnd + 2) return read(false, bytes.length)
    if (bytes.toString('latin1', dataEnd, dataEnd + 2) !== '\r\n') {
      return { kind: 'malformed', problem: 'a chunk is longer than its size' }
    }
    at = dataEnd + 2
  }
}

/** Bytes from the wire as they stand in a message: quoted, and at most 60 characters of them. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}

// Where a body ends (9112 §6.3), and what is in it.

/** How the end of the body is told. `none`: there can be no body. */
export type Framing = 'none' | 'content-length' | 'chunked' | 'close'

export interface ReadBody {
  readonly body: Buffer
  readonly complete: boolean
  readonly next: number
}

/** Reads what there is of a body that starts at `start`; a string says what is malformed. */
export function readBody(
  bytes: Buffer,
  start: number,
  framing: Framing,
  length: number,
  ended: boolean,
): ReadBody | string {
  switch (framing) {
    case 'none':
      return { body: bytes.subarray(start, start), complete: true, next: start }
    case 'close':
      return { body: bytes.subarray(start), complete: ended, next: bytes.length }
    case 'content-length': {
      const next = start + length
      return { body: bytes.subarray(start, next), complete: bytes.length >= next, next }
    }
    case 'chunked':
      return readChunks(bytes, start)
  }
}

function readChunks(bytes: Buffer, start: number): ReadBody | string {
  const chunks: Buffer[] = []
  const unfinished = (): ReadBody => ({ body: Buffer.concat(chunks), complete: false, next: bytes.length })
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return unfinished()
    const line = bytes.toString('latin1', at, lineEnd)
    const [, digits] = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line) ?? []
    if (digits === undefined) return `not a chunk size: ${quote(line)}`
    const size = Number.parseInt(digits, 16)
    const dataEnd = lineEnd + 2 + size
    if (size === 0) {
      // The trailer section: nothing, or fields that end with an empty line.
      const bare = bytes.toString('latin1', dataEnd, dataEnd + 2) === '\r\n'
      const trailerEnd = bare ? dataEnd - 2 : bytes.indexOf('\r\n\r\n', dataEnd)
      if (trailerEnd === -1) return unfinished()
      return { body: Buffer.concat(chunks), complete: true, next: trailerEnd + 4 }
    }
    chunks.push(bytes.subarray(lineEnd + 2, dataEnd))
    if (bytes.length < dataEnd + 2) return unfinished()
    if (bytes.toString('latin1', dataEnd, dataEnd + 2) !== '\r\n') return 'a chunk is longer than it says'
    at = dataEnd + 2
  }
}

/** Shortens bytes of the wire for a message. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}

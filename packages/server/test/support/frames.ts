/** Frames of HTTP/2, for what no client sends. */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
/** GET, http, `/film.mp4` and the host `a`, in HPACK. */
export const FIELDS = Buffer.from([0x82, 0x86, 0x04, 9, ...Buffer.from('/film.mp4'), 0x41, 1, 97])

export const DATA = 0
export const HEADERS = 1
export const RST_STREAM = 3
export const SETTINGS = 4
export const PING = 6
export const GOAWAY = 7
export const CONTINUATION = 9

export const ACK = 1
export const END_STREAM = 1
export const END_HEADERS = 4

/** How a client begins. */
export const opening = (): Buffer => Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0)])

/** A frame (9113 §4.1). */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(0),
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.byteLength, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** The error codes of the GOAWAY frames in what a server has sent (9113 §6.8). */
export function goAwayCodes(sent: Buffer): number[] {
  const codes: number[] = []
  let at = 0
  while (at + 9 <= sent.byteLength) {
    const end = at + 9 + sent.readUIntBE(at, 3)
    if (sent[at + 3] === GOAWAY && end <= sent.byteLength) codes.push(sent.readUInt32BE(at + 13))
    at = end
  }
  return codes
}

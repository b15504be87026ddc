import { createHash } from 'node:crypto'

/** Bytes that show their own position: every four are their index among the fours, as a little-endian number. */
export function positionBytes(length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4))
  for (let index = 0; index < words.length; index++) words[index] = index
  return new Uint8Array(words.buffer, 0, length)
}

/** The digest in hexadecimal: a short stand-in for bytes in a failure message. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Whether two byte strings are equal. Faster than an `expect` that would print millions of bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

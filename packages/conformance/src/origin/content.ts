/**
 * What the chaos origin serves: content in which every eight bytes tell their version and their position.
 *
 * A word of eight bytes is two big-endian numbers of four: the version, from 1 up, and the index of the word, from 0 up.
 * The word at position 80 of version 3 is `00 00 00 03 00 00 00 0a`.
 */

const WORD = 8
const INDEX_AT = 4

/** What {@link checkBytes} found. */
export interface BytesCheck {
  /** The versions that the bytes are of, in the order found: one if they are what one version has there. */
  readonly versions: readonly number[]
  /** Position of the first byte that no version has there; `undefined` if all are in their place. */
  readonly wrongAt: number | undefined
}

/**
 * The bytes of a version, both positions inclusive, as any server with this content must send them.
 *
 * @example
 * bytesAt(3, 80, 87) // 00 00 00 03 00 00 00 0a
 */
export function bytesAt(version: number, firstPos: number, lastPos: number): Uint8Array<ArrayBuffer> {
  const firstWord = Math.floor(firstPos / WORD)
  const words = Math.floor(lastPos / WORD) - firstWord + 1
  const view = new DataView(new ArrayBuffer(words * WORD))
  for (let index = 0; index < words; index++) {
    view.setUint32(index * WORD, version)
    view.setUint32(index * WORD + INDEX_AT, firstWord + index)
  }
  return new Uint8Array(view.buffer, firstPos - firstWord * WORD, lastPos - firstPos + 1)
}

/**
 * Tells of which version bytes are, and whether they belong where they were read: `versions` has one number and `wrongAt`
 * is `undefined` if a reader got the bytes of one version from `position` on.
 *
 * Fewer than eight bytes may lack the one that tells the versions apart; `versions` is then empty.
 *
 * @param position of the first byte in the representation.
 * @example
 * checkBytes(bytesAt(3, 80, 99), 80) // { versions: [3], wrongAt: undefined }
 * checkBytes(bytesAt(3, 80, 99), 96) // { versions: [3], wrongAt: 103 }
 */
export function checkBytes(bytes: Uint8Array, position: number): BytesCheck {
  const versions: number[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const wrong = (wrongAt: number): BytesCheck => ({ versions, wrongAt })
  let offset = 0
  while (offset < bytes.length) {
    const inWord = (position + offset) % WORD
    const index = (position + offset - inWord) / WORD
    if (inWord === 0 && offset + WORD <= bytes.length) {
      note(versions, view.getUint32(offset))
      if (view.getUint32(offset + INDEX_AT) !== index)
        return wrong(position + wrongByte(bytes, offset, index))
      offset += WORD
      continue
    }
    const end = Math.min(bytes.length, offset + WORD - inWord)
    const version = versionOf(bytes, offset, inWord, end) ?? versions.at(-1)
    if (version !== undefined) note(versions, version)
    const expected = bytesAt(version ?? 0, position + offset, position + end - 1)
    const differing = expected.findIndex((byte, at) => byte !== bytes[offset + at])
    if (differing >= 0) return wrong(position + offset + differing)
    offset = end
  }
  return { versions, wrongAt: undefined }
}

function note(versions: number[], version: number): void {
  if (versions.at(-1) !== version) versions.push(version)
}

/** The version of a word that is not whole, if its last byte is there. The first bytes it takes from the word behind. */
function versionOf(bytes: Uint8Array, offset: number, inWord: number, end: number): number | undefined {
  const length = INDEX_AT - inWord
  if (length <= 0 || offset + length > end) return undefined
  const number = (from: number, to: number) =>
    bytes.subarray(from, to).reduce((sum, byte) => sum * 256 + byte, 0)
  const own = number(offset, offset + length)
  const next = number(end, end + INDEX_AT)
  return next % 256 ** length === own ? next : own
}

/** Where the index of a whole word begins to differ. */
function wrongByte(bytes: Uint8Array, offset: number, index: number): number {
  const expected = bytesAt(0, index * WORD, index * WORD + WORD - 1)
  let at = INDEX_AT
  while (expected[at] === bytes[offset + at]) at++
  return offset + at
}

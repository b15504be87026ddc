import type { RangeBytes, RangeSource, Representation } from '@rangekit/range-core'
import { type ByteRange, byteLength } from '@rangekit/range-core'

/**
 * Bytes that show their own position and version: each group of four is the version (one byte) and the index of the
 * group (three bytes).
 */
export function versionBytes(length: number, version: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = at % 4 === 0 ? version : (at >>> 2) >>> (8 * (3 - (at % 4)))
  return bytes
}

/** All bytes that a source gives for a range, in whatever form. */
export async function collect(bytes: RangeBytes): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(bytes).arrayBuffer())
}

/** Opens what must be there, and closes it after `use`. */
export async function withRepresentation<T>(
  source: RangeSource,
  key: string,
  use: (representation: Representation) => Promise<T>,
): Promise<T> {
  const representation = await source.open(key)
  if (representation === undefined)
    throw new Error(`open(${JSON.stringify(key)}) found nothing, although it was put there`)
  try {
    return await use(representation)
  } finally {
    await representation.close()
  }
}

/** @throws Error if the bytes of a range are not those of `whole`. */
export function expectRange(actual: Uint8Array, range: ByteRange, whole: Uint8Array): void {
  const name = `Bytes ${range.firstPos}-${range.lastPos} of ${whole.byteLength}`
  if (actual.byteLength !== byteLength(range)) {
    throw new Error(`${name}: expected ${byteLength(range)} bytes, got ${actual.byteLength}`)
  }
  const wrong = actual.findIndex((byte, index) => byte !== whole[range.firstPos + index])
  if (wrong !== -1) {
    throw new Error(
      `${name}: expected ${whole[range.firstPos + wrong]} at position ${range.firstPos + wrong}, got ${actual[wrong]}`,
    )
  }
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index])
}

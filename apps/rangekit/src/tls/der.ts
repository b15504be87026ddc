/** The tags of ASN.1 that certificates are made of (X.690 §8). */
const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  generalizedTime: 0x18,
} as const

/** An element: its tag, its length and its content (X.690 §10.1). */
export function element(tag: keyof typeof TAGS | number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const number = typeof tag === 'number' ? tag : TAGS[tag]
  return Buffer.concat([Buffer.from([number, ...lengthOctets(body.byteLength)]), body])
}

/** Elements in order. */
export function sequence(...content: readonly Uint8Array[]): Buffer {
  return element('sequence', ...content)
}

/** A positive whole number. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0)
  const short = start < 0 ? Buffer.from([0]) : bytes.subarray(start)
  // The highest bit would be a sign.
  return element('integer', (short[0] ?? 0) < 0x80 ? short : Buffer.concat([Buffer.from([0]), short]))
}

/** An object identifier, such as `2.5.29.17`. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split('.').map(Number)
  const octets = [first * 40 + second, ...others].flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let rest = arc >> 7; rest > 0; rest >>= 7) groups.unshift((rest & 0x7f) | 0x80)
    return groups
  })
  return element('oid', Buffer.from(octets))
}

/** Bits, whose number is a multiple of 8 but for `unused` ones at the end. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return element('bitString', Buffer.from([unused]), bytes)
}

/** A time to the second, in UTC. */
export function time(date: Date): Buffer {
  // Certificates use the two-digit years of UTCTime until 2049 (5280 §4.1.2.5).
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element('generalizedTime', Buffer.from(digits))
}

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}

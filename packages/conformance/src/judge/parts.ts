import { type ByteRange, covers, formatByteRange, joinRanges } from '../byte-range.ts'
import { type DeliveredPart, delivered } from '../raw/delivered.ts'
import type { RawResponse } from '../raw/received.ts'

/** Bytes of a gap that may be sent too where ranges are coalesced: about the overhead of a part (9110 §15.3.7.2). */
const COALESCED_GAP = 300

/** Checks the parts of a 206; one that cannot be read is a problem itself. */
export function withParts(
  response: RawResponse,
  check: (parts: readonly DeliveredPart[]) => string | undefined,
): string | undefined {
  const content = delivered(response)
  return content.kind === 'broken' ? content.problem : check(content.parts)
}

interface PartRules {
  /** Whether the parts must be exactly the ranges wanted, in this order; otherwise they may be coalesced. */
  readonly inOrder: boolean
  /** The position of bytes that have come since the ranges were written: those that reach it may go on. */
  readonly growsFrom: number
}

/**
 * Compares the parts of a 206 with the ranges wanted.
 *
 * @returns what is wrong; `undefined` when nothing is.
 */
export function wrongParts(
  parts: readonly DeliveredPart[],
  wanted: readonly ByteRange[],
  { inOrder, growsFrom }: PartRules,
): string | undefined {
  const sent = parts.map(({ range }) => range)
  const list = (ranges: readonly ByteRange[]) => ranges.map(formatByteRange).join(', ')
  if (inOrder) {
    return list(sent) === list(wanted)
      ? undefined
      : `the parts ${list(sent)}, not ${list(wanted)} in this order`
  }
  const missing = wanted.find((range) => !covers(sent, range))
  if (missing !== undefined) return `the bytes ${formatByteRange(missing)} are missing from ${list(sent)}`
  const joined = joinRanges(wanted)
  // Small gaps between the ranges may be sent too.
  const allowed = joined.map((range, index) => {
    const next = joined[index + 1]
    if (next !== undefined && next.firstPos - range.lastPos <= COALESCED_GAP) {
      return { ...range, lastPos: next.firstPos - 1 }
    }
    return range.lastPos + 1 >= growsFrom ? { ...range, lastPos: Number.POSITIVE_INFINITY } : range
  })
  const surplus = sent.find((range) => !covers(allowed, range))
  return surplus && `the part ${formatByteRange(surplus)} is more than was asked for`
}

/** Finds a part with another Content-Type than `wanted`, which is `undefined` where parts must have none. */
export function wrongPartType(
  parts: readonly DeliveredPart[],
  wanted: string | undefined,
): string | undefined {
  const part = parts.find(({ contentType }) => contentType !== wanted)
  return part && `Content-Type of a part is ${part.contentType ?? 'absent'}, not ${wanted}`
}

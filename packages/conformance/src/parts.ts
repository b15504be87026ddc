// The parts of a 206 against the ranges that were asked for.
import { type ByteRange, type DeliveredPart, delivered, formatRange } from './byteranges.ts'
import { covers, union } from './bytes.ts'
import type { RawResponse } from './raw-http.ts'

/** A gap up to this long may be sent along when ranges are coalesced: about what a part header costs. */
const coalescedGap = 300

export function withParts(
  response: RawResponse,
  check: (parts: readonly DeliveredPart[]) => string | undefined,
): string | undefined {
  const content = delivered(response)
  return content.kind === 'broken' ? content.problem : check(content.parts)
}

export function wrongParts(
  parts: readonly DeliveredPart[],
  wanted: readonly ByteRange[],
  inOrder: boolean,
): string | undefined {
  const sent = parts.map(({ range }) => range)
  const list = (ranges: readonly ByteRange[]) => ranges.map(formatRange).join(', ')
  if (inOrder) {
    return list(sent) === list(wanted)
      ? undefined
      : `the parts ${list(sent)}, not ${list(wanted)} in this order`
  }
  const missing = wanted.find((range) => !covers(sent, range))
  if (missing !== undefined) return `the bytes ${formatRange(missing)} are not delivered, but ${list(sent)}`
  const joined = union(wanted)
  // What may be sent: what was asked for, and small gaps between.
  const allowed = joined.map((range, index) => {
    const next = joined[index + 1]
    return next !== undefined && next.firstPos - range.lastPos <= coalescedGap
      ? { ...range, lastPos: next.firstPos - 1 }
      : range
  })
  const surplus = sent.find((range) => !covers(allowed, range))
  return surplus && `the part ${formatRange(surplus)} is more than was asked for`
}

export function wrongPartType(
  parts: readonly DeliveredPart[],
  wanted: string | undefined,
): string | undefined {
  const part = parts.find(({ contentType }) => contentType !== wanted)
  return part && `Content-Type of a part is ${part.contentType ?? 'absent'}, not ${wanted}`
}

import { formatByteRange } from '../byte-range.ts'
import { type Delivered, delivered, isMultipart } from '../raw/delivered.ts'
import { headerValue } from '../raw/parse-response.ts'
import type { RawResponse } from '../raw/received.ts'
import { firstDifference, type Subject } from '../subject/subject.ts'
import type { Exchange } from './exchange.ts'

/** A complete length in a 206, where it is unknown in others. */
export function statedLength({ response, subject }: Exchange): string | undefined {
  if (response.status !== 206 || subject.completeLength !== undefined || !response.complete) return undefined
  const content = delivered(response)
  if (content.kind === 'broken') return undefined
  const part = content.parts.find(({ completeLength }) => completeLength !== undefined)
  return part && `the complete length ${part.completeLength} is stated, which is unknown in other responses`
}

/** What is wrong with the bytes of a 206. */
export function wrong206({ response, subject }: Exchange, kind: 'single' | 'multipart'): string | undefined {
  if (response.status !== 206 || isMultipart(response) !== (kind === 'multipart')) return undefined
  // A response to HEAD has no content to compare; the rule of 9110 §14.2 is broken already.
  if (response.framing === 'none' || !response.complete) return undefined
  // In another coding it is another representation, whose bytes are not known (9110 §8.4).
  const coding = 'content-encoding'
  if (headerValue(response.headers, coding) !== headerValue(subject.headers, coding)) return undefined
  return wrongContent(delivered(response), response, subject)
}

function wrongContent(content: Delivered, { framing }: RawResponse, subject: Subject): string | undefined {
  if (content.kind === 'broken') return content.problem
  for (const { range, completeLength, bytes } of content.parts) {
    const { firstPos, lastPos } = range
    const name = `the part ${formatByteRange(range)}`
    const length = lastPos - firstPos + 1
    // What follows a representation that grows ends with it, which may be before its last position (8673 §2.2).
    const mayBeLess = subject.completeLength === undefined && framing !== 'content-length'
    if (bytes.length > length || (bytes.length < length && !mayBeLess)) {
      return `${name} has ${bytes.length} bytes`
    }
    if (
      subject.completeLength !== undefined &&
      (completeLength ?? subject.completeLength) !== subject.completeLength
    ) {
      return `${name} has the complete length ${completeLength}, not ${subject.completeLength}`
    }
    const difference = firstDifference(bytes, firstPos, subject)
    if (difference !== undefined) return `${name} differs from the representation at position ${difference}`
  }
  return undefined
}

import { type ByteRange, formatByteRange, parseByteRange } from '../byte-range.ts'
import { headerValue } from '../raw/parse-response.ts'
import { firstDifference, type Subject } from '../subject/subject.ts'
import { expand } from '../suite/template.ts'
import type { BodyExpectation } from '../suite/vector.ts'
import type { Exchange } from './exchange.ts'
import { withParts, wrongParts, wrongPartType } from './parts.ts'

/** Why a body is not the one expected; `undefined` when it is. */
export function wrongBody(expectation: BodyExpectation, exchange: Exchange): string | undefined {
  const { response, subject } = exchange
  const expanded = (text: string) => expand(text, subject)
  switch (expectation.kind) {
    case 'whole':
      return notWhole(exchange)
    case 'at-least':
      return notAtLeast(exchange, parseByteRange(expanded(expectation.range)))
    case 'suffix':
      return notSuffix(exchange, Number(expanded(expectation.bytes)))
    case 'at-most': {
      const most = Number(expanded(expectation.bytes))
      const length = Number(headerValue(response.headers, 'content-length') ?? response.body.length)
      return length <= most ? undefined : `a body of ${length} bytes, more than ${most}`
    }
    case 'slice': {
      const wanted = expanded(expectation.range)
      return withParts(response, (parts) => {
        const sent = parts.map(({ range }) => formatByteRange(range)).join(', ')
        return sent === wanted ? undefined : `the range ${sent}, not ${wanted}`
      })
    }
    case 'ranges': {
      const wanted = expectation.ranges.map((range) => parseByteRange(expanded(range)))
      return withParts(
        response,
        (parts) =>
          wrongParts(parts, wanted, {
            inOrder: expectation.inOrder ?? false,
            growsFrom: growsFrom(subject),
          }) ??
          (expectation.partType
            ? wrongPartType(parts, headerValue(subject.headers, 'content-type'))
            : undefined),
      )
    }
  }
}

function notWhole({ response, subject }: Exchange): string | undefined {
  const { completeLength } = subject
  if (!response.cut && response.body.length !== completeLength) {
    return `a body of ${response.body.length} bytes, not the whole representation of ${completeLength}`
  }
  return differs(response.body, 0, subject)
}

/** Of a representation that grows: the position that the next byte had when the run began. */
function growsFrom({ completeLength, currentLength }: Subject): number {
  return completeLength === undefined ? currentLength : Number.POSITIVE_INFINITY
}

/** A 200 begins with the first byte; a 206 where its Content-Range says. */
function notAtLeast({ response, subject }: Exchange, { firstPos, lastPos }: ByteRange): string | undefined {
  const { status, body, cut } = response
  if (status === 206) {
    const problem = withParts(response, ([part]) =>
      part?.range.firstPos === firstPos && part.range.lastPos >= lastPos
        ? undefined
        : `the range ${part && formatByteRange(part.range)}, not from ${firstPos} to ${lastPos} or further`,
    )
    if (problem !== undefined) return problem
  }
  if (!cut && body.length <= lastPos - firstPos) {
    return `a body of ${body.length} bytes, although the bytes from ${firstPos} to ${lastPos} are there`
  }
  return differs(body, firstPos, subject)
}

function notSuffix({ response, subject }: Exchange, bytes: number): string | undefined {
  return withParts(response, ([part, ...more]) => {
    if (part === undefined || more.length > 0) return 'more than one part'
    const { firstPos, lastPos } = part.range
    return lastPos >= subject.currentLength - 1 && lastPos - firstPos + 1 === bytes
      ? undefined
      : `the range ${formatByteRange(part.range)}, not the last ${bytes} bytes`
  })
}

function differs(bytes: Buffer, firstPos: number, subject: Subject): string | undefined {
  const difference = firstDifference(bytes, firstPos, subject)
  return difference === undefined
    ? undefined
    : `the body differs from the representation at position ${difference}`
}

/**
 * Rules for every response, whatever the vector: a body ends where its framing says, and a 206 delivers the bytes that
 * it claims to.
 */

import { formatByteRange } from '../byte-range.ts'
import { type Delivered, delivered, isMultipart } from '../raw/delivered.ts'
import { headerValue } from '../raw/parse-response.ts'
import type { RawResponse } from '../raw/received.ts'
import { firstDifference, type Subject } from '../subject/subject.ts'
import type { Level, VectorRequest } from '../suite/vector.ts'

/** A rule that was broken. */
export interface Finding {
  /** How strict the rule is. */
  readonly level: Level
  /** RFC and section, such as `9112 §6.3`. */
  readonly section: string
  /** What is wrong, in words. */
  readonly problem: string
}

/** A request without templates, and the response to it. */
export interface Exchange {
  readonly request: VectorRequest
  readonly response: RawResponse
  readonly subject: Subject
}

interface Rule {
  readonly level: Level
  readonly section: string
  /** What is wrong, in words; `undefined` when nothing is. */
  readonly broken: (exchange: Exchange) => string | undefined
}

const RULES: readonly Rule[] = [
  {
    level: 'MUST',
    section: '9112 §6.3',
    broken: ({ response: { complete, cut, body, headers } }) =>
      complete || cut
        ? undefined
        : `the body breaks off after ${body.length} of ${headerValue(headers, 'content-length') ?? 'unknown'} bytes`,
  },
  {
    level: 'MUST',
    section: '9112 §6.3',
    broken: ({ response: { framing, extraBytes } }) =>
      framing !== 'none' && extraBytes.length > 0
        ? `${extraBytes.length} bytes follow the end of the body`
        : undefined,
  },
  {
    level: 'MUST',
    section: '9110 §6.4.1',
    broken: ({ request: { method = 'GET' }, response: { framing, status, extraBytes } }) =>
      framing === 'none' && extraBytes.length > 0
        ? `${extraBytes.length} bytes follow a ${status} to ${method}, which cannot have content`
        : undefined,
  },
  {
    level: 'MUST',
    section: '9112 §6.2',
    broken: ({ response: { headers } }) =>
      headerValue(headers, 'transfer-encoding') !== undefined &&
      headerValue(headers, 'content-length') !== undefined
        ? 'both Transfer-Encoding and Content-Length are sent'
        : undefined,
  },
  {
    level: 'MUST',
    section: '9110 §8.6',
    broken: ({ response: { status, headers } }) =>
      status === 204 && headerValue(headers, 'content-length') !== undefined
        ? 'a 204 has a Content-Length'
        : undefined,
  },
  {
    level: 'MUST',
    section: '9110 §14.2',
    broken: ({ request, response: { status } }) =>
      (status === 206 || status === 416) &&
      !((request.method ?? 'GET') === 'GET' && rangeOf(request) !== undefined)
        ? `${status} answers a request that is not a GET with Range`
        : undefined,
  },
  { level: 'MUST', section: '9110 §15.3.7.1', broken: (exchange) => wrong206(exchange, 'single') },
  { level: 'MUST', section: '9110 §15.3.7.2', broken: (exchange) => wrong206(exchange, 'multipart') },
  {
    level: 'MUST',
    section: '9110 §15.3.7.2',
    broken: ({ request, response }) => {
      if (response.status !== 206 || !isMultipart(response)) return undefined
      if (headerValue(response.headers, 'content-range') !== undefined) {
        return 'a multipart response has Content-Range in its header section'
      }
      const specs = rangeOf(request)
        ?.replace(/^[^=]*=/, '')
        .split(',')
        .filter((spec) => spec.trim() !== '')
      return specs?.length === 1 ? 'one range was requested, but the response is multipart' : undefined
    },
  },
  {
    level: 'SHOULD',
    section: '9110 §14.4',
    broken: ({ subject, response: { status, headers } }) => {
      const contentRange = headerValue(headers, 'content-range')
      if (contentRange === undefined || status === 206) return undefined
      if (status !== 416) return `Content-Range has no meaning in a ${status}`
      const right = `bytes */${subject.completeLength}`
      return contentRange.toLowerCase() === right
        ? undefined
        : `Content-Range is ${contentRange}, not ${right}`
    },
  },
]

/** Every rule that the exchange breaks. */
export function brokenRules(exchange: Exchange): Finding[] {
  return RULES.flatMap(({ level, section, broken }) => {
    const problem = broken(exchange)
    return problem === undefined ? [] : [{ level, section, problem }]
  })
}

/** The value of the request's Range field. */
function rangeOf({ headers = [], rawLines = [] }: VectorRequest): string | undefined {
  const all = [...headers, ...rawLines.map((line) => line.split(':') as [string, string])]
  return all.find(([name]) => name.trim().toLowerCase() === 'range')?.[1]
}

function wrong206({ response, subject }: Exchange, kind: 'single' | 'multipart'): string | undefined {
  if (response.status !== 206 || isMultipart(response) !== (kind === 'multipart')) return undefined
  // A response to HEAD has no content to compare; the rule of 9110 §14.2 is broken already.
  if (response.framing === 'none' || !response.complete) return undefined
  // In another coding it is another representation, whose bytes are not known (9110 §8.4).
  const coding = 'content-encoding'
  if (headerValue(response.headers, coding) !== headerValue(subject.headers, coding)) return undefined
  return wrongContent(delivered(response), subject)
}

function wrongContent(content: Delivered, subject: Subject): string | undefined {
  if (content.kind === 'broken') return content.problem
  for (const { range, completeLength, bytes } of content.parts) {
    const { firstPos, lastPos } = range
    const name = `the part ${formatByteRange(range)}`
    if (bytes.length !== lastPos - firstPos + 1) return `${name} has ${bytes.length} bytes`
    if ((completeLength ?? subject.completeLength) !== subject.completeLength) {
      return `${name} has the complete length ${completeLength}, not ${subject.completeLength}`
    }
    const difference = firstDifference(bytes, firstPos, subject)
    if (difference !== undefined) return `${name} differs from the representation at position ${difference}`
  }
  return undefined
}

/**
 * Rules for every response, whatever the vector: a body ends where its framing says, and a 206 delivers the bytes that
 * it claims to.
 */

import { isMultipart } from '../raw/delivered.ts'
import { headerValue } from '../raw/parse-response.ts'
import type { Level, VectorRequest } from '../suite/vector.ts'
import type { Exchange } from './exchange.ts'
import { statedLength, wrong206 } from './partial-content.ts'

/** A rule that was broken. */
export interface Finding {
  /** How strict the rule is. */
  readonly level: Level
  /** RFC and section, such as `9112 §6.3`. */
  readonly section: string
  /** What is wrong, in words. */
  readonly problem: string
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
  {
    level: 'SHOULD',
    section: '9110 §14.4',
    broken: statedLength,
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
      const { completeLength, currentLength } = subject
      const [, length] = /^bytes \*\/(\d+)$/i.exec(contentRange) ?? []
      // What grows may have more by now.
      const isRight =
        completeLength === undefined ? Number(length) >= currentLength : Number(length) === completeLength
      return isRight ? undefined : `Content-Range is ${contentRange}, not bytes */${currentLength}`
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

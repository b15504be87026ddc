import { headerValue } from '../raw/parse-response.ts'
import { isSettled, isWhole, type Subject } from '../subject/subject.ts'
import { swapCase } from './template.ts'
import type { Vector } from './vector.ts'

/** Why a vector does not apply. `not-offered`: the server lacks an optional feature. */
export interface Unmet {
  readonly verdict: 'not-offered' | 'not-applicable'
  readonly reason: string
}

interface Need {
  readonly met: (subject: Subject, argument: string) => boolean
  /** Why the vector does not apply, where the need is not met. */
  readonly reason: string
  /** Whether it is an optional feature of the server. Default: false. */
  readonly feature?: boolean
}

const NEEDS: Readonly<Record<string, Need>> = {
  'known-length': {
    met: ({ completeLength }) => completeLength !== undefined,
    reason: 'the complete length is unknown',
  },
  'unknown-length': {
    met: ({ completeLength }) => completeLength === undefined,
    reason: 'the complete length is known',
  },
  ranges: {
    met: ({ offers }) => offers.ranges,
    reason: 'the server does not support ranges',
    feature: true,
  },
  multipart: {
    met: ({ offers }) => offers.multipart,
    reason: 'the server does not send several ranges in one response',
    feature: true,
  },
  // A server that does not evaluate these fails the vectors on them alone. To fail it again for each combination
  // would add nothing.
  'if-match': {
    met: ({ offers }) => offers.ifMatch,
    reason: 'the server does not evaluate If-Match',
  },
  'if-none-match': {
    met: ({ offers }) => offers.ifNoneMatch,
    reason: 'the server does not evaluate If-None-Match',
  },
  'if-unmodified-since': {
    met: ({ offers }) => offers.ifUnmodifiedSince,
    reason: 'the server does not evaluate If-Unmodified-Since',
  },
  'if-modified-since': {
    met: ({ offers }) => offers.ifModifiedSince,
    reason: 'the server does not evaluate If-Modified-Since',
    feature: true,
  },
  etag: { met: ({ etag }) => etag !== undefined, reason: 'there is no ETag' },
  'no-etag': { met: ({ headers }) => headerValue(headers, 'etag') === undefined, reason: 'there is an ETag' },
  'strong-etag': { met: ({ etag }) => etag?.weak === false, reason: 'there is no strong ETag' },
  'weak-etag': { met: ({ etag }) => etag?.weak === true, reason: 'there is no weak ETag' },
  'etag-letters': {
    met: ({ etag }) => etag !== undefined && swapCase(etag.opaque) !== etag.opaque,
    reason: 'there is no ETag with letters in it',
  },
  'last-modified': {
    met: ({ lastModified }) => lastModified !== undefined,
    reason: 'there is no Last-Modified',
  },
  'no-last-modified': {
    met: ({ headers }) => headerValue(headers, 'last-modified') === undefined,
    reason: 'there is a Last-Modified',
  },
  settled: {
    met: ({ lastModified, date }) => lastModified !== undefined && isSettled(lastModified, date),
    reason: 'Last-Modified is less than a minute old',
  },
  'modified-since': {
    met: ({ lastModified }, year) => (lastModified?.getUTCFullYear() ?? 0) >= Number(year),
    reason: 'there is no Last-Modified of that year or later',
  },
  whole: { met: isWhole, reason: 'the representation is too long to be known whole' },
  'missing-is-404': {
    met: ({ missingStatus }) => missingStatus === 404,
    reason: 'the server does not answer 404 for a missing representation',
  },
  header: {
    met: ({ headers }, name) => headerValue(headers, name) !== undefined,
    reason: 'the plain 200 has no such field',
  },
  'min-length': {
    met: ({ currentLength }, length) => currentLength >= Number(length),
    reason: 'the representation is shorter',
  },
  'max-length': {
    met: ({ currentLength }, length) => currentLength <= Number(length),
    reason: 'the representation is longer',
  },
}

/** The names of all needs. */
export const knownNeeds: readonly string[] = Object.keys(NEEDS)

/**
 * Finds the first need that is not met.
 *
 * @param given needs of a vector, `name` or `name:argument`. Without `unknown-length` it needs `known-length`.
 * @returns `undefined` when all are met.
 * @throws RangeError for an unknown need.
 */
export function unmet(given: readonly string[], subject: Subject): Unmet | undefined {
  const wanted = given.includes('unknown-length') ? given : ['known-length', ...given]
  for (const text of wanted) {
    const [name = '', argument = ''] = text.split(':')
    const need = NEEDS[name]
    if (need === undefined) throw new RangeError(`Unknown need: ${text}`)
    if (need.met(subject, argument)) continue
    const verdict = need.feature ? 'not-offered' : 'not-applicable'
    return { verdict, reason: argument === '' ? need.reason : `${need.reason} (${text})` }
  }
  return undefined
}

/**
 * Why a vector does not apply to HTTP/2: it is about how HTTP/1.1 frames messages, or what HTTP/2 cannot spell.
 *
 * @returns `undefined` if it does.
 */
export function ofHttp1({ request, accept, section }: Vector, { protocol }: Subject): Unmet | undefined {
  if (protocol === 'http/1.1') return undefined
  const { version, pipelined, rawLines, target = '/' } = request
  const isOfHttp1 =
    version !== undefined ||
    pipelined === true ||
    rawLines !== undefined ||
    target.startsWith('http') ||
    section.startsWith('9112') ||
    accept.some(({ closes }) => closes)
  return isOfHttp1 ? { verdict: 'not-applicable', reason: 'it is about HTTP/1.1' } : undefined
}

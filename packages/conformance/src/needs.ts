// Preconditions of vectors: what the file or the server must be for a vector to say anything.

import { isSettled, isWhole, type Learned } from './learned.ts'
import { headerValue } from './raw-parse.ts'
import { swapCase } from './template.ts'

/** Why a vector was not run. `not-offered`: an optional feature is missing; else the file does not suit. */
export interface Unmet {
  readonly verdict: 'not-offered' | 'not-applicable'
  readonly reason: string
}

interface Need {
  readonly met: (learned: Learned, argument: string) => boolean
  readonly reason: string
  readonly feature?: boolean
}

const needs: Readonly<Record<string, Need>> = {
  ranges: { met: ({ offers }) => offers.ranges, reason: 'the server offers no ranges', feature: true },
  multipart: {
    met: ({ offers }) => offers.multipart,
    reason: 'the server offers no several ranges in one answer',
    feature: true,
  },
  // A server that does not evaluate these has failed elsewhere; failing it again for each combination
  // would say nothing new.
  'if-match': { met: ({ offers }) => offers.ifMatch, reason: 'the server does not evaluate If-Match' },
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
  whole: { met: isWhole, reason: 'the file is too long to be known whole' },
  'missing-is-404': {
    met: ({ missingStatus }) => missingStatus === 404,
    reason: 'a file that is not there is not answered 404',
  },
  header: {
    met: ({ headers }, name) => headerValue(headers, name) !== undefined,
    reason: 'the plain 200 has no such field',
  },
  'min-length': {
    met: ({ completeLength }, length) => completeLength >= Number(length),
    reason: 'the file is shorter',
  },
  'max-length': {
    met: ({ completeLength }, length) => completeLength <= Number(length),
    reason: 'the file is longer',
  },
}

export const knownNeeds: readonly string[] = Object.keys(needs)

/** The first need (`name` or `name:argument`) that is not met, or undefined when all are. */
export function unmet(wanted: readonly string[], learned: Learned): Unmet | undefined {
  for (const text of wanted) {
    const [name = '', argument = ''] = text.split(':')
    const need = needs[name]
    if (need === undefined) throw new RangeError(`unknown need: ${text}`)
    if (need.met(learned, argument)) continue
    const verdict = need.feature ? 'not-offered' : 'not-applicable'
    return { verdict, reason: argument === '' ? need.reason : `${need.reason} (${text})` }
  }
  return undefined
}

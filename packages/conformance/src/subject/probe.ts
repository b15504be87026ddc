import { formatDate, parseImfDate } from '../http-date.ts'
import { delivered, isMultipart } from '../raw/delivered.ts'
import type { RawOptions } from '../raw/exchange.ts'
import { headerValue } from '../raw/parse-response.ts'
import type { Protocol } from '../raw/protocol.ts'
import { NoAnswerError, type RawResponse } from '../raw/received.ts'
import type { RawTarget } from '../raw/target.ts'
import { exchangeOver } from '../raw/transport.ts'
import { requestText } from '../suite/request-text.ts'
import { isSettled, missingPath, type Subject, WHOLE_LIMIT } from './subject.ts'
import { lengthSoFar, reaches } from './unknown-length.ts'
import { UnreachableError } from './unreachable-error.ts'

const NO_LENGTH = 'the length of the representation is unknown: no Content-Length, and the body does not end'

/**
 * Learns with some ten plain requests what the representation at a URL is, and which optional features its server
 * offers.
 *
 * @throws UnreachableError when the URL cannot be judged.
 */
export async function probeSubject(
  url: URL,
  target: RawTarget,
  protocol: Protocol,
  options: RawOptions,
): Promise<Subject> {
  const where = { host: url.host, path: url.pathname + url.search }
  // Until the length is known, a whole representation is of no use, and may never end.
  let isEnough: NonNullable<RawOptions['isEnough']> = ({ status }) => status === 200
  const get = (
    headers: readonly (readonly [string, string])[] = [],
    path = where.path,
  ): Promise<RawResponse> =>
    exchangeOver(protocol, target, requestText({ ...where, path }, { headers }), { ...options, isEnough })
  // A probe without an answer means only that the feature is not offered; the vectors find what is wrong.
  const probe = (...request: Parameters<typeof get>) =>
    get(...request).catch((error: unknown) => {
      if (error instanceof NoAnswerError) return undefined
      throw error
    })

  const learnLength = () => lengthSoFar((range) => probe([['Range', range]]))
  let soFar = await learnLength()
  isEnough = (response) => soFar !== undefined && reaches(response, soFar)
  const first = await get().catch((error: unknown) => {
    throw new UnreachableError(error instanceof Error ? error.message : String(error), { cause: error })
  })
  if (first.status !== 200) throw new UnreachableError(`a plain GET gets a ${first.status}, not a 200`)
  const { headers } = first
  // A server that has just started may not have answered the first request of all in time.
  if (soFar === undefined && lengthOf(first) === undefined) soFar = await learnLength()
  const currentLength = soFar ?? lengthOf(first)
  if (currentLength === undefined) throw new UnreachableError(NO_LENGTH)
  const prefix = {
    firstPos: 0,
    bytes: Buffer.from(first.body.subarray(0, Math.min(WHOLE_LIMIT, currentLength))),
  }
  const etag = parseEtag(headerValue(headers, 'etag'))
  const lastModified = parseImfDate(headerValue(headers, 'last-modified'))
  const date = parseImfDate(headerValue(headers, 'date')) ?? new Date()

  const last = currentLength - 1
  const int = await probe([['Range', `bytes=0-${Math.min(9, last)}`]])
  const suffix = await probe([['Range', `bytes=-${Math.min(65_536, currentLength)}`]])
  const several = await probe([['Range', `bytes=0-1,${last - 1}-${last}`]])
  const match = await probe([['If-Match', '"rangekit-other"']])
  const noneMatch = await probe([['If-None-Match', etag?.text ?? '*']])
  const since = lastModified && (await probe([['If-Modified-Since', formatDate(lastModified, 'imf')]]))
  const unmodified = await probe([['If-Unmodified-Since', 'Sun, 06 Nov 1994 08:49:37 GMT']])
  const missing = await probe([], missingPath(where.path))
  const again = await probe()
  const end = suffix?.status === 206 ? delivered(suffix) : undefined

  return {
    target,
    protocol,
    ...where,
    completeLength: soFar === undefined ? currentLength : undefined,
    currentLength,
    samples: [
      prefix,
      ...(end?.kind === 'single' ? end.parts : []).map(({ range, bytes }) => ({ ...range, bytes })),
    ],
    headers,
    etag,
    lastModified,
    date,
    offers: {
      ranges: int?.status === 206 || suffix?.status === 206,
      multipart: several?.status === 206 && isMultipart(several),
      ifMatch: match !== undefined && match.status >= 400 && match.status < 500,
      ifNoneMatch: noneMatch?.status === 304,
      ifModifiedSince: since?.status === 304,
      ifUnmodifiedSince: unmodified?.status === 412,
    },
    missingStatus: missing?.status,
    notes: notesOn(first, again, etag?.text, lastModified, date),
  }
}

function lengthOf(response: RawResponse): number | undefined {
  const stated = headerValue(response.headers, 'content-length')
  if (stated !== undefined && response.framing === 'content-length') return Number(stated)
  return response.complete ? response.body.length : undefined
}

/** The entity-tag of 9110 §8.8.3. */
function parseEtag(text: string | undefined): Subject['etag'] {
  const [, weak, opaque] = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/.exec(text ?? '') ?? []
  return text === undefined || opaque === undefined ? undefined : { text, opaque, weak: weak !== undefined }
}

function notesOn(
  first: RawResponse,
  again: RawResponse | undefined,
  etag: string | undefined,
  lastModified: Date | undefined,
  date: Date,
): string[] {
  const notes: string[] = []
  if (again !== undefined && headerValue(again.headers, 'etag') !== headerValue(first.headers, 'etag')) {
    notes.push(
      'The ETag differs between two requests: is the representation changing? The results may be wrong.',
    )
  }
  if (etag === undefined) notes.push('There is no well-formed ETag: vectors on entity tags do not apply.')
  if (lastModified === undefined) notes.push('There is no Last-Modified date: vectors on dates do not apply.')
  if (lastModified !== undefined && !isSettled(lastModified, date)) {
    notes.push('Last-Modified is less than a minute old: it may be a weak validator (9110 §8.8.2.2).')
  }
  return notes
}

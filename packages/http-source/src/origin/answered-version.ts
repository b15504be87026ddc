import { type IntRange, parseEntityTag, parseHttpDate } from '@rangekit/range-core'
import type { Exchange } from './exchange.ts'
import { OriginError } from './origin-error.ts'
import type { OriginSettings } from './origin-options.ts'
import type { OriginVersion } from './origin-version.ts'
import { parseReprDigest } from './repr-digest.ts'
import { nameOf, statusFault } from './status-fault.ts'
import { codingOf, contentLength, isDecoded, parseContentRange, sentRange } from './verify.ts'

/** Fields that a response has as the origin sent them. */
const PASSED_ON = ['Content-Disposition', 'Content-Encoding', 'Content-Language']

/** A Range field. */
export function rangeField({ firstPos, lastPos }: Pick<IntRange, 'firstPos' | 'lastPos'>): string {
  return `bytes=${firstPos}-${lastPos ?? ''}`
}

/**
 * Bytes in the whole representation, by the answer to a request for a range.
 *
 * @throws OriginError for an answer that does not tell, or is not for that range.
 */
export function lengthByRange(
  { response, answeredBy: url }: Exchange,
  asked: IntRange,
  settings: OriginSettings,
): number {
  const { status, headers } = response
  const fail = (fault: 'encoded' | 'no-length' | 'no-ranges' | 'wrong-range', problem: string) =>
    new OriginError(fault, `${nameOf(url)} ${problem}`, { status })
  if (status === 200) {
    if (contentLength(response) === 0) return 0
    throw fail('no-ranges', 'ignores Range')
  }
  if (status !== 206 && status !== 416) throw statusFault(response, url)
  const coding = codingOf(headers.get('content-encoding'))
  if (isDecoded(coding, settings)) throw fail('encoded', `is sent as ${coding}, which fetch decodes`)
  const field = headers.get('content-range')
  const { firstPos, lastPos, completeLength } = parseContentRange(field)
  // There is no first byte in an empty representation.
  if (status === 416 && completeLength === 0) return 0
  if (status === 416 || firstPos !== asked.firstPos || lastPos > (asked.lastPos ?? lastPos)) {
    throw fail('wrong-range', `sent ${sentRange(field, url)} for ${rangeField(asked)}`)
  }
  if (!Number.isSafeInteger(completeLength)) throw fail('no-length', 'does not tell its complete length')
  return completeLength
}

/** What an answer says of the version that it is of, but for its length. */
export function versionOf(
  { response, answeredBy }: Exchange,
  asked: string,
): Omit<OriginVersion, 'completeLength'> {
  const { headers } = response
  const get = (name: string) => headers.get(name)?.trim() || undefined
  const seconds = parseHttpDate(get('last-modified') ?? '')
  const passed = PASSED_ON.flatMap((name) => {
    const value = name === 'Content-Encoding' ? codingOf(get(name)) : get(name)
    return value === undefined ? [] : [[name, value]]
  })
  return {
    url: answeredBy,
    redirectedFrom: answeredBy === asked ? undefined : asked,
    // An empty answer of 416 is described by its error page.
    contentType: response.status === 416 ? undefined : get('content-type'),
    cacheControl: get('cache-control'),
    etag: parseEntityTag(get('etag') ?? ''),
    lastModified: seconds === undefined ? undefined : new Date(seconds * 1000),
    fields: Object.fromEntries(passed),
    digests: parseReprDigest(get('repr-digest')),
  }
}

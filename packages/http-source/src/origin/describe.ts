import type { Fields, IntRange } from '@rangekit/range-core'
import { lengthByRange, rangeField, versionOf } from './answered-version.ts'
import type { Exchange } from './exchange.ts'
import { FirstPart } from './first-part.ts'
import type { OriginSettings } from './origin-options.ts'
import type { OriginVersion } from './origin-version.ts'
import { CLOSES_AFTER_HEAD, needsPermission } from './runtime.ts'
import { type Asked, send } from './send.ts'
import { statusFault } from './status-fault.ts'
import { codingOf, contentLength, isDecoded, isMultipart, verifyPart } from './verify.ts'
import { sleep } from './wait.ts'

/** A URL that is too long for the origin names nothing there. */
const MISSING = new Set([404, 410, 414])
/** Statuses by which an origin, or a signature, refuses HEAD but perhaps not GET. */
const HEAD_REFUSED = new Set([400, 403, 405, 501])
/** Statuses of an answer to a range that do not tell what there is: Range was ignored, or the range is past the end. */
const UNCLEAR = new Set([200, 416])
/** Bytes of an error page that are read, so that its connection can be used again. */
const MAX_DRAINED = 16 * 1024
const FIRST_BYTE: IntRange = { kind: 'int', firstPos: 0, lastPos: 0 }

/** What was found at a URL. */
export interface Found {
  readonly version: OriginVersion
  /** The answer that told it, if it has bytes that are likely to be read. It must be taken, or ended. */
  readonly part?: FirstPart | undefined
}

/**
 * Asks once what an origin has at a URL: with a range that is likely to be read, or else with HEAD, and with the first
 * byte where HEAD does not tell.
 *
 * @returns `undefined` if there is nothing.
 * @throws OriginError for every other answer.
 */
export async function describe(
  settings: OriginSettings,
  url: string,
  likely: IntRange | undefined,
  signal: AbortSignal | undefined,
): Promise<Found | undefined> {
  const ask = (method: Asked['method'], fields: Fields) =>
    send(settings, { method, url, isOwn: true, fields: { ...fieldsFor(url), ...fields } }, signal)
  const askFor = (range: IntRange) => ask('GET', { range: rangeField(range) })
  if (likely !== undefined) {
    const answer = await askFor(likely)
    const { status, headers } = answer.response
    const isClear = !UNCLEAR.has(status) && !isMultipart(headers.get('content-type'))
    if (isClear) return readFirst(answer, url, likely, settings)
    void answer.drain(MAX_DRAINED)
  }
  if (!needsPermission(url)) {
    const head = await ask('HEAD', {})
    try {
      if (isMissing(head, url)) return undefined
      const completeLength = lengthByHead(head, settings)
      if (completeLength !== undefined) return { version: { ...versionOf(head, url), completeLength } }
    } finally {
      await head.drain()
      if (CLOSES_AFTER_HEAD) await sleep(0, undefined)
    }
  }
  const first = await askFor(FIRST_BYTE)
  try {
    if (isMissing(first, url)) return undefined
    const completeLength = lengthByRange(first, FIRST_BYTE, settings)
    return { version: { ...versionOf(first, url), completeLength } }
  } finally {
    await first.drain(1)
  }
}

/** The version by the answer to a request for a range of it, which then is read from there. */
function readFirst(
  answer: Exchange,
  url: string,
  likely: IntRange,
  settings: OriginSettings,
): Found | undefined {
  try {
    if (isMissing(answer, url)) {
      void answer.drain(MAX_DRAINED)
      return undefined
    }
    const completeLength = lengthByRange(answer, likely, settings)
    const version = { ...versionOf(answer, url), completeLength }
    const { firstPos, lastPos = Number.POSITIVE_INFINITY } = likely
    const range = { firstPos, lastPos: Math.min(lastPos, completeLength - 1) }
    verifyPart(settings, version, range, answer.response)
    return { version, part: new FirstPart(answer, range, settings.timeout) }
  } catch (error) {
    answer.end()
    throw error
  }
}

/**
 * Bytes in the whole representation, by the answer to HEAD; `undefined` if a range has to be asked for. A page does not
 * see whether another origin compressed it: browsers accept that, except in requests for a range.
 */
function lengthByHead({ response, answeredBy: url }: Exchange, settings: OriginSettings): number | undefined {
  if (response.status !== 200) {
    if (HEAD_REFUSED.has(response.status)) return undefined
    throw statusFault(response, url)
  }
  const { headers } = response
  if (needsPermission(url)) return undefined
  if (headers.get('accept-ranges')?.trim().toLowerCase() === 'none') return undefined
  return isDecoded(codingOf(headers.get('content-encoding')), settings) ? undefined : contentLength(response)
}

/** Fields of a request whose answer describes a version. */
export function fieldsFor(url: string): Fields {
  const fields = { 'accept-encoding': 'identity' }
  return needsPermission(url) ? fields : { ...fields, 'want-repr-digest': 'sha-256=2, sha-512=1' }
}

/** A redirect to the same URL with a slash at its end is how servers answer for a folder. */
export function isMissing(exchange: Exchange, url: string): boolean {
  return MISSING.has(exchange.response.status) || exchange.answeredBy === `${url}/`
}

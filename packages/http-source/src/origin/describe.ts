import { type Fields, parseEntityTag, parseHttpDate } from '@rangekit/range-core'
import type { Exchange } from './exchange.ts'
import { OriginError } from './origin-error.ts'
import type { OriginSettings } from './origin-options.ts'
import type { OriginVersion } from './origin-version.ts'
import { parseReprDigest } from './repr-digest.ts'
import { CLOSES_AFTER_HEAD, needsPermission } from './runtime.ts'
import { send } from './send.ts'
import { nameOf, statusFault } from './status-fault.ts'
import { codingOf, contentLength, isDecoded, parseContentRange } from './verify.ts'
import { sleep } from './wait.ts'

/** A URL that is too long for the origin names nothing there. */
const MISSING = new Set([404, 410, 414])
/** Statuses by which an origin, or a signature, refuses HEAD but perhaps not GET. */
const HEAD_REFUSED = new Set([400, 403, 405, 501])
/** Fields that a response has as the origin sent them. */
const PASSED_ON = ['Content-Disposition', 'Content-Encoding', 'Content-Language']

/**
 * Asks once what an origin has at a URL: with HEAD, and with a first range where HEAD does not tell.
 *
 * @returns `undefined` if there is nothing.
 * @throws OriginError for every other answer.
 */
export async function describe(
  settings: OriginSettings,
  url: string,
  signal: AbortSignal | undefined,
): Promise<OriginVersion | undefined> {
  const ask = (method: 'HEAD' | 'GET', fields: Fields) =>
    send(settings, { method, url, isOwn: true, fields: { ...fieldsFor(url), ...fields } }, signal)
  const head = await ask('HEAD', {})
  try {
    const { response } = head
    if (isMissing(head, url)) return undefined
    if (response.status === 200) {
      const length = contentLength(response)
      const coding = codingOf(response.headers.get('content-encoding'))
      const tells = length !== undefined && !isDecoded(coding, settings)
      if (tells && response.headers.get('accept-ranges')?.trim().toLowerCase() !== 'none') {
        return versionOf(head, url, length)
      }
    } else if (!HEAD_REFUSED.has(response.status)) throw statusFault(response, url)
  } finally {
    await head.drain()
    if (CLOSES_AFTER_HEAD) await sleep(0, undefined)
  }
  const first = await ask('GET', { range: 'bytes=0-0' })
  try {
    return isMissing(first, url) ? undefined : versionOf(first, url, lengthByRange(first, settings))
  } finally {
    // The byte is read, so that the connection can be used again.
    if (first.response.status === 206)
      await first.next().then(
        () => first.drain(),
        () => {},
      )
    first.end()
  }
}

function fieldsFor(url: string): Fields {
  const fields = { 'accept-encoding': 'identity' }
  return needsPermission(url) ? fields : { ...fields, 'want-repr-digest': 'sha-256=2, sha-512=1' }
}

/** A redirect to the same URL with a slash at its end is how servers answer for a folder. */
function isMissing(exchange: Exchange, url: string): boolean {
  return MISSING.has(exchange.response.status) || exchange.answeredBy === `${url}/`
}

/** @returns bytes in the whole representation, by the answer to a request for its first byte. */
function lengthByRange({ response, answeredBy: url }: Exchange, settings: OriginSettings): number {
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
  if (status === 416 || firstPos !== 0 || lastPos !== 0) {
    throw fail('wrong-range', `sent ${field ?? 'no Content-Range'} for the first byte`)
  }
  if (!Number.isSafeInteger(completeLength)) throw fail('no-length', 'does not tell its complete length')
  return completeLength
}

function versionOf({ response, answeredBy }: Exchange, asked: string, completeLength: number): OriginVersion {
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
    completeLength,
    // An empty answer of 416 is described by its error page.
    contentType: response.status === 416 ? undefined : get('content-type'),
    cacheControl: get('cache-control'),
    etag: parseEntityTag(get('etag') ?? ''),
    lastModified: seconds === undefined ? undefined : new Date(seconds * 1000),
    fields: Object.fromEntries(passed),
    digests: parseReprDigest(get('repr-digest')),
  }
}

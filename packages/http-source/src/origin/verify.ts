import {
  type ByteRange,
  byteLength,
  parseEntityTag,
  parseHttpDate,
  strongMatch,
  weakMatch,
} from '@rangekit/range-core'
import { OriginError, type OriginFault } from './origin-error.ts'
import type { OriginSettings } from './origin-options.ts'
import type { OriginVersion } from './origin-version.ts'
import { FETCH_KEEPS_CODINGS, needsPermission } from './runtime.ts'
import { nameOf, statusFault } from './status-fault.ts'

/** A Content-Range of bytes (9110 §14.4): `completeLength` is missing for `*`. */
const CONTENT_RANGE = /^bytes (?:(\d+)-(\d+)|\*)\/(?:(\d+)|\*)$/i
/** Content codings that some `fetch` decodes, whether asked to or not. */
const DECODED = /\b(?:x-)?(?:gzip|compress|deflate|br|zstd|dcb|dcz)\b/i
/** Statuses by which an origin says that the version that was asked for is there no more. */
const GONE = new Set([404, 410, 412, 416])

/** Reads Content-Range. Never throws. */
export function parseContentRange(field: string | null): {
  readonly firstPos: number
  readonly lastPos: number
  readonly completeLength: number
} {
  const [, firstPos, lastPos, completeLength] = CONTENT_RANGE.exec(field ?? '') ?? []
  return {
    firstPos: Number(firstPos),
    lastPos: Number(lastPos),
    completeLength: Number(completeLength),
  }
}

/** A Content-Range for messages. */
export function sentRange(field: string | null, url: string): string {
  if (field !== null || !needsPermission(url)) return field ?? 'no Content-Range'
  return 'no Content-Range that pages of other origins may see (Access-Control-Expose-Headers)'
}

/** A Content-Encoding in lower case; `undefined` for none. */
export function codingOf(field: string | null | undefined): string | undefined {
  const coding = field?.trim().toLowerCase() ?? ''
  return coding === '' || coding === 'identity' ? undefined : coding
}

/** Whether the bytes of an answer with this coding are others than those that the origin has sent. */
export function isDecoded(coding: string | undefined, { fetch }: OriginSettings): boolean {
  return coding !== undefined && DECODED.test(coding) && !(FETCH_KEEPS_CODINGS && fetch === undefined)
}

/** The whole number in Content-Length; `undefined` if there is none, or it is too large to be exact. */
export function contentLength(response: Response): number | undefined {
  const field = response.headers.get('content-length') ?? ''
  const length = /^\d+$/.test(field) ? Number(field) : Number.NaN
  return Number.isSafeInteger(length) ? length : undefined
}

/**
 * Verifies that the head of an answer announces exactly the range of the version that was asked for.
 *
 * @throws OriginError if not.
 */
export function verifyPart(
  settings: OriginSettings,
  version: OriginVersion,
  range: ByteRange,
  response: Response,
): void {
  const { status } = response
  const fail = (fault: OriginFault, problem: string) =>
    new OriginError(fault, `${nameOf(version.url)} ${problem}`, { status })
  if (GONE.has(status)) throw fail('changed', `has no longer the version that was opened: ${status}`)
  if (status !== 206 && status !== 200) throw statusFault(response, version.url)

  const different = difference(version, response)
  if (different !== undefined) throw fail('changed', `has another version by now: ${different}`)
  if (status === 200) throw fail('no-ranges', 'ignores Range')

  const coding = codingOf(response.headers.get('content-encoding'))
  if (coding !== codingOf(version.fields?.['Content-Encoding']) || isDecoded(coding, settings)) {
    throw fail('encoded', `sent a range in the coding ${coding ?? 'identity'}`)
  }
  const field = response.headers.get('content-range')
  const { firstPos, lastPos, completeLength } = parseContentRange(field)
  if (completeLength !== version.completeLength && Number.isSafeInteger(completeLength)) {
    throw fail('changed', `has ${completeLength} bytes by now, not ${version.completeLength}`)
  }
  if (firstPos !== range.firstPos || lastPos !== range.lastPos || completeLength !== version.completeLength) {
    throw fail('wrong-range', `sent ${sentRange(field, version.url)}, not ${range.firstPos}-${range.lastPos}`)
  }
  if (isMultipart(response.headers.get('content-type')) && !isMultipart(version.contentType)) {
    throw fail('wrong-range', 'sent several parts for one range')
  }
  const length = contentLength(response)
  if (length !== undefined && length !== byteLength(range)) {
    throw fail('wrong-length', `sent ${length} bytes for a range of ${byteLength(range)}`)
  }
}

/** By which validator an answer is of another version; `undefined` if it is of this one, as far as can be known. */
function difference({ etag, lastModified }: OriginVersion, { headers }: Response): string | undefined {
  if (etag !== undefined) {
    const field = headers.get('etag')
    const tag = parseEntityTag(field?.trim() ?? '')
    const isSame = tag !== undefined && (etag.weak ? weakMatch : strongMatch)(tag, etag)
    if (!isSame) return `ETag ${field ?? 'is missing'}`
    if (!etag.weak) return undefined
  }
  if (lastModified === undefined) return undefined
  const date = headers.get('last-modified')
  const isSame = date !== null && parseHttpDate(date) === Math.floor(lastModified.getTime() / 1000)
  return isSame ? undefined : `Last-Modified ${date ?? 'is missing'}`
}

/** Whether a body is several parts (9110 §14.6). */
export function isMultipart(type: string | null | undefined): boolean {
  return /^\s*multipart\/byteranges/i.test(type ?? '')
}

import { createHash } from 'node:crypto'
import { type EntityTag, evaluatePreconditions, formatEntityTag } from '@rangekit/range-core'
import { detailResponse } from '@rangekit/range-handler'

const NOSNIFF = { 'X-Content-Type-Options': 'nosniff' } as const

/** The strong entity tag of bytes. */
export function etagOf(bytes: Uint8Array | string): EntityTag {
  return { opaque: createHash('sha256').update(bytes).digest('base64url').slice(0, 22), weak: false }
}

/** How a text is served. */
export interface TextFields {
  readonly contentType: string
  readonly cacheControl: string
  /** Further fields. */
  readonly fields?: Readonly<Record<string, string>>
}

/**
 * The response to a GET or HEAD request for a text: with an ETag made of it, and a 304 or 412 where the request has a
 * precondition.
 */
export function textResponse(
  { method, headers }: Request,
  text: string,
  { contentType, cacheControl, fields = {} }: TextFields,
): Response {
  const body = new TextEncoder().encode(text)
  const etag = etagOf(body)
  const verdict = evaluatePreconditions(headers, { etag }, Date.now())
  if (verdict === 'failed') return detailResponse(method, 412, 'Precondition failed')
  const common = { ...fields, ETag: formatEntityTag(etag), 'Cache-Control': cacheControl, ...NOSNIFF }
  if (verdict === 'not-modified') return new Response(null, { status: 304, headers: common })
  return new Response(method === 'HEAD' ? null : body, {
    headers: { ...common, 'Content-Type': contentType, 'Content-Length': String(body.byteLength) },
  })
}

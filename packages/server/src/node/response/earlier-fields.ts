import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FieldRecord } from './response-head.ts'

/** Fields that describe the bytes that are sent: those of another body would be wrong. */
const ABOUT_BODY = new Set([
  'accept-ranges',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'repr-digest',
  'trailer',
  'transfer-encoding',
])
/** Fields whose lines add up. */
const ADDS_UP = new Set(['content-security-policy', 'set-cookie', 'vary'])
/** Directives that no other Cache-Control may loosen, the strictest first. */
const STRICT = [/(?:^|,)[ \t]*no-store\b/i, /(?:^|,)[ \t]*private\b/i]

/**
 * Puts the fields of a response together with those that middleware has set on it before. These stand, as they do for
 * the static handlers of frameworks, except where they describe a body, or would allow a cache more.
 *
 * @param earlier as `getHeaders()` gives them, by lower-case name.
 */
export function besideEarlier(
  outgoing: ServerResponse,
  fields: Readonly<FieldRecord>,
  earlier: Readonly<OutgoingHttpHeaders>,
): FieldRecord {
  const merged: FieldRecord = { ...fields }
  const spelled = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]))
  for (const [name, value] of Object.entries(earlier)) {
    const known = spelled.get(name)
    const own = known === undefined ? undefined : fields[known]
    if (known === undefined || own === undefined) {
      if (ABOUT_BODY.has(name)) outgoing.removeHeader(name)
    } else if (value !== undefined && !ABOUT_BODY.has(name)) {
      merged[known] = combined(name, Array.isArray(value) ? value : [String(value)], own)
    }
  }
  return merged
}

function combined(name: string, earlier: string[], own: string | string[]): string | string[] {
  if (name === 'cache-control') return combinedCacheControl(earlier.join(', '), String(own))
  return ADDS_UP.has(name) ? [...new Set([...earlier, own].flat())] : earlier
}

function combinedCacheControl(earlier: string, own: string): string {
  const strictest = STRICT.find((directive) => directive.test(own) || directive.test(earlier))
  if (strictest?.test(earlier) === false) return own
  // The directive that keeps middleware from compressing ranges.
  const isMissing = /\bno-transform\b/i.test(own) && !/\bno-transform\b/i.test(earlier)
  return isMissing ? `${earlier}, no-transform` : earlier
}

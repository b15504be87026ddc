/** Response fields as `node:http` accepts them, with their names in canonical spelling. */
export type FieldRecord = Record<string, string | string[]>

/** Names whose canonical spelling is more than a capital at the start of each word. */
const SPECIAL = [
  'ETag',
  'WWW-Authenticate',
  'DNT',
  'TE',
  'X-XSS-Protection',
  'X-DNS-Prefetch-Control',
  'NEL',
  'Sec-GPC',
]

const known = new Map(SPECIAL.map((name) => [name.toLowerCase(), name]))
/** An app with more names than this generates them; the rest are converted again each time. */
const MAX_KNOWN = 500

/**
 * Converts `Headers`, which keep names in lower case. HTTP permits that (9110 §5.1), but some clients match
 * `Content-Type` or `ETag` by case.
 */
export function fieldRecord(headers: Headers): FieldRecord {
  const record: FieldRecord = Object.create(null)
  for (const [name, value] of headers) record[canonicalName(name)] = value
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) record['Set-Cookie'] = cookies
  return record
}

/**
 * The canonical spelling of a field name.
 *
 * @param name in lower case.
 * @example
 * canonicalName('content-type') // 'Content-Type'
 */
export function canonicalName(name: string): string {
  let canonical = known.get(name)
  if (canonical === undefined) {
    canonical = name.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase())
    if (known.size < MAX_KNOWN) known.set(name, canonical)
  }
  return canonical
}

/**
 * The fields with the framing that the server chooses for the body (9112 §6.1), whatever framing the app declared.
 *
 * @param length bytes in the body. Default: the Content-Length among the fields, if it is a valid one.
 */
export function framedAs(fields: Readonly<FieldRecord>, length?: number): FieldRecord {
  const { 'Transfer-Encoding': _, 'Content-Length': declared, ...others } = fields
  const known = length ?? (/^\d+$/.test(String(declared)) ? declared : undefined)
  return known === undefined ? others : { ...others, 'Content-Length': String(known) }
}

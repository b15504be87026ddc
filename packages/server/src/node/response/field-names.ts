import { type ServerResponse, STATUS_CODES } from 'node:http'

/** Names whose canonical spelling is not each word with a capital. */
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

/** Response fields as node:http takes them. */
export type FieldRecord = Record<string, string | string[]>

const known = new Map(SPECIAL.map((name) => [name.toLowerCase(), name]))
/** More names than this come from an app that makes them up; those are spelled anew each time. */
const MAX_KNOWN = 500

/**
 * Fields with their names in canonical spelling. `Headers` keeps names in lower case, which HTTP allows (9110 §5.1), but
 * some clients match `Content-Type` or `ETag` by case.
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

/** Writes the head of a response. */
export function writeHead(
  outgoing: ServerResponse,
  status: number,
  fields: Readonly<FieldRecord>,
): ServerResponse {
  // With its reason: one that fails half-way leaves another's behind, and a fault would be `500 OK`.
  return outgoing.writeHead(status, STATUS_CODES[status] ?? '', fields)
}

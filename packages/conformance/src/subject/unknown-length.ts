/**
 * Representations whose length their server does not know, since more bytes are still to come: Content-Range ends in `/*`
 * (9110 §14.4), and bodies may go on as long as the representation grows (RFC 8673).
 */
import { delivered, isMultipart } from '../raw/delivered.ts'
import { headerValue, type ParsedResponse } from '../raw/parse-response.ts'
import { UnreachableError } from './unreachable-error.ts'

/** Sends a GET with a Range field. */
type GetRange = (range: string) => Promise<ParsedResponse | undefined>

/** The last position that RFC 8673 proposes for a range that follows what is to come: 2^53 - 1. */
const VERY_LARGE = Number.MAX_SAFE_INTEGER

/**
 * How many bytes a representation of unknown length has by now.
 *
 * @returns `undefined` if the server knows its length, or has no ranges.
 * @throws UnreachableError where the server does not tell.
 */
export async function lengthSoFar(get: GetRange): Promise<number | undefined> {
  const first = await get('bytes=0-0')
  if (first === undefined || !/^bytes 0-0\/\*$/i.test(contentRangeOf(first))) return undefined
  return (
    lastOf(await get('bytes=-1')) ??
    lastOf(await get(`bytes=0-${VERY_LARGE - 1}`)) ??
    currentOf(await get(`bytes=${VERY_LARGE}-${VERY_LARGE}`)) ??
    fail()
  )
}

function fail(): never {
  throw new UnreachableError('the length of the representation is unknown, and how many bytes there are')
}

/** From the 206 to a range that ends with the last byte. */
function lastOf(response: ParsedResponse | undefined): number | undefined {
  if (response?.status !== 206) return undefined
  const content = delivered(response)
  const last = content.kind === 'single' ? content.parts[0]?.range.lastPos : undefined
  return last === undefined || last >= VERY_LARGE - 1 ? undefined : last + 1
}

/** From a 416. */
function currentOf(response: ParsedResponse | undefined): number | undefined {
  const [, length] = response === undefined ? [] : (/^bytes \*\/(\d+)$/i.exec(contentRangeOf(response)) ?? [])
  return length === undefined ? undefined : Number(length)
}

/**
 * Whether all has arrived that a response can have at once: its body has no length, and reaches a position. What follows
 * may take hours.
 */
export function reaches(response: ParsedResponse, position: number): boolean {
  const { framing, status, body } = response
  if (framing === 'none' || framing === 'content-length' || isMultipart(response)) return false
  if (status !== 200 && status !== 206) return false
  const [, first] = /^bytes (\d+)-/i.exec(contentRangeOf(response)) ?? []
  return Number(first ?? 0) + body.length >= position
}

function contentRangeOf({ headers }: ParsedResponse): string {
  return headerValue(headers, 'content-range') ?? ''
}

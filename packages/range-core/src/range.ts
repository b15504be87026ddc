/**
 * The Range request field (RFC 9110 §14.2, its grammar in §14.1.1).
 *
 *     Range        = range-unit "=" range-set
 *     range-unit   = token
 *     range-set    = 1#range-spec
 *     range-spec   = int-range / suffix-range
 *     int-range    = first-pos "-" [ last-pos ]
 *     suffix-range = "-" suffix-length
 *
 * `first-pos`, `last-pos` and `suffix-length` are one digit or more. Other units may have an `other-range`, which is
 * not read here.
 *
 * For example `bytes=0-499`, `bytes=9500-`, `bytes=-500`, `bytes=0-0, -1`, `bytes= 0-999, 4500-5499, -1000`.
 */
import type { IntRange } from './byte-range.ts'
import { TOKEN } from './sendable-fields.ts'

/** One range as the client asked for it. `suffix`: the last `suffixLength` bytes. */
export type RangeSpec = IntRange | { readonly kind: 'suffix'; readonly suffixLength: number }

/** What a Range field says. */
export type RangeField =
  /** At least one range of bytes, in the order of the field. Some or all may be unsatisfiable. */
  | { readonly kind: 'ranges'; readonly specs: readonly RangeSpec[] }
  /** Outside the grammar, or a last-pos less than its first-pos. A server MAY ignore it (9110 §14.2). */
  | { readonly kind: 'invalid' }
  /** A unit other than bytes. A server MUST ignore it (9110 §14.2). */
  | { readonly kind: 'other-unit'; readonly unit: string }

/** A run of digits. */
interface Digits {
  /** Saturates at `Number.MAX_SAFE_INTEGER`. */
  readonly value: number
  /** The digits without leading zeros, to compare saturated values by; `undefined` if `value` is not saturated. */
  readonly beyond: string | undefined
  /** The index behind the last digit. */
  readonly end: number
}

const INVALID: RangeField = { kind: 'invalid' }

/**
 * Reads a Range field, in time linear in its length. Never throws: positions may have any number of digits, and
 * saturate at `Number.MAX_SAFE_INTEGER`, past the end of every representation.
 *
 * @example
 * parseRange('bytes=0-499, -1')
 * // { kind: 'ranges', specs: [{ kind: 'int', firstPos: 0, lastPos: 499 }, { kind: 'suffix', suffixLength: 1 }] }
 * parseRange('seconds=0-4') // { kind: 'other-unit', unit: 'seconds' }
 * parseRange('bytes=5-4') // { kind: 'invalid' }
 */
export function parseRange(field: string): RangeField {
  const equals = field.indexOf('=')
  if (equals < 1) return INVALID
  const unit = field.slice(0, equals)
  // Range units are case-insensitive (9110 §14.1).
  if (unit.toLowerCase() !== 'bytes') return TOKEN.test(unit) ? { kind: 'other-unit', unit } : INVALID

  const specs: RangeSpec[] = []
  // A list is [ element ] *( OWS "," OWS [ element ] ); elements may be empty, but not all of them (9110 §5.6.1.2).
  // White space before the first element is not in the grammar, but in an example of 9110 §14.1.2.
  let at = skipWhiteSpace(field, equals + 1)
  while (at <= field.length) {
    if (at < field.length && field.charCodeAt(at) !== COMMA) {
      const first = readDigits(field, at)
      if (field.charCodeAt(first.end) !== DASH) return INVALID
      const last = readDigits(field, first.end + 1)
      const spec = toSpec(first, at, last)
      if (spec === undefined) return INVALID
      specs.push(spec)
      at = last.end
    }
    at = skipWhiteSpace(field, at)
    if (at < field.length && field.charCodeAt(at) !== COMMA) return INVALID
    at = skipWhiteSpace(field, at + 1)
  }
  return specs.length > 0 ? { kind: 'ranges', specs } : INVALID
}

const TAB = 0x09
const SPACE = 0x20
const COMMA = 0x2c
const DASH = 0x2d
const ZERO = 0x30
const NINE = 0x39

function skipWhiteSpace(field: string, from: number): number {
  let at = from
  while (field.charCodeAt(at) === SPACE || field.charCodeAt(at) === TAB) at++
  return at
}

function readDigits(field: string, from: number): Digits {
  let value = 0
  let firstSignificant = from
  let at = from
  for (; at < field.length; at++) {
    const code = field.charCodeAt(at)
    if (code < ZERO || code > NINE) break
    value = Math.min(value * 10 + (code - ZERO), Number.MAX_SAFE_INTEGER)
    if (value === 0) firstSignificant = at + 1
  }
  const beyond = value === Number.MAX_SAFE_INTEGER ? field.slice(firstSignificant, at) : undefined
  return { value, beyond, end: at }
}

function toSpec(first: Digits, firstStart: number, last: Digits): RangeSpec | undefined {
  const hasFirst = first.end > firstStart
  const hasLast = last.end > first.end + 1
  if (!hasFirst) return hasLast ? { kind: 'suffix', suffixLength: last.value } : undefined
  if (!hasLast) return { kind: 'int', firstPos: first.value, lastPos: undefined }
  // An int-range whose last-pos is less than its first-pos is invalid (9110 §14.1.1), with any number of digits.
  return isLess(last, first) ? undefined : { kind: 'int', firstPos: first.value, lastPos: last.value }
}

function isLess(a: Digits, b: Digits): boolean {
  if (a.beyond === undefined || b.beyond === undefined) return a.value < b.value
  if (a.beyond.length !== b.beyond.length) return a.beyond.length < b.beyond.length
  return a.beyond < b.beyond
}

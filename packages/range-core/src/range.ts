/**
 * The Range request field (RFC 9110 §14.1.1, §14.2).
 *
 *     Range            = range-unit "=" range-set
 *     range-set        = 1#range-spec
 *     range-spec       = int-range / suffix-range
 *     int-range        = first-pos "-" [ last-pos ]
 *     suffix-range     = "-" suffix-length
 *
 * For example `bytes=0-499`, `bytes=9500-`, `bytes=-500`, `bytes=0-0, -1`, `bytes= 0-999, 4500-5499, -1000`.
 */
import { TOKEN } from './sendable-fields.ts'

/** One range as the client asked for it: from a position (to another), or the last so many bytes. */
export type RangeSpec =
  | { readonly kind: 'int'; readonly firstPos: number; readonly lastPos: number | undefined }
  | { readonly kind: 'suffix'; readonly suffixLength: number }

/** What a Range field says, with the ways to be unusable kept apart. */
export type RangeField =
  | { readonly kind: 'ranges'; readonly specs: readonly RangeSpec[] }
  /** Not what the grammar allows, or a last-pos before its first-pos. §14.2 lets a server ignore it. */
  | { readonly kind: 'invalid' }
  /** A unit other than bytes, which §14.2 says a server MUST ignore. */
  | { readonly kind: 'other-unit'; readonly unit: string }

/** Digits as a number, and how they compare with others when neither fits one. */
interface Digits {
  readonly value: number
  /** The digits without leading zeros; kept only where `value` is saturated. */
  readonly beyond: string | undefined
  readonly end: number
}

const INVALID: RangeField = { kind: 'invalid' }

/**
 * Reads a Range field.
 *
 * Linear in the field's length, and never throws: positions of any number of digits are accepted, and
 * saturate at `Number.MAX_SAFE_INTEGER`, past the end of every representation.
 *
 * @example
 * parseRange('bytes=0-499, -1')
 * // { kind: 'ranges', specs: [{ kind: 'int', firstPos: 0, lastPos: 499 }, { kind: 'suffix', suffixLength: 1 }] }
 */
export function parseRange(field: string): RangeField {
  const equals = field.indexOf('=')
  if (equals < 1) return INVALID
  const unit = field.slice(0, equals)
  // Range units are case-insensitive (§14.1).
  if (unit.toLowerCase() !== 'bytes') return TOKEN.test(unit) ? { kind: 'other-unit', unit } : INVALID

  const specs: RangeSpec[] = []
  // §5.6.1.2: [ element ] *( OWS "," OWS [ element ] ). Elements may be empty, but not all of them (1#).
  // White space before the first one is not in the grammar, but in the example of §14.1.2.
  let at = skipWhiteSpace(field, equals + 1)
  while (at <= field.length) {
    if (at < field.length && field.charCodeAt(at) !== COMMA) {
      const dash = readDigits(field, at)
      if (field.charCodeAt(dash.end) !== DASH) return INVALID
      const last = readDigits(field, dash.end + 1)
      const spec = toSpec(dash, at, last)
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
  // §14.1.1: an int-range whose last-pos is less than its first-pos is invalid, at any number of digits.
  return isLess(last, first) ? undefined : { kind: 'int', firstPos: first.value, lastPos: last.value }
}

function isLess(a: Digits, b: Digits): boolean {
  if (a.beyond === undefined || b.beyond === undefined) return a.value < b.value
  if (a.beyond.length !== b.beyond.length) return a.beyond.length < b.beyond.length
  return a.beyond < b.beyond
}

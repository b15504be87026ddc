/**
 * Preconditions (RFC 9110 §13): If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since, in the order of
 * §13.2.2; and If-Range (§13.1.5), which only decides whether Range counts.
 *
 *     If-Match            = "*" / #entity-tag
 *     If-Unmodified-Since = HTTP-date
 *     If-None-Match       = "*" / #entity-tag
 *     If-Modified-Since   = HTTP-date
 *     If-Range            = entity-tag / HTTP-date
 *
 * For example `If-Match: "xyzzy", "r2d2xxxx"`, `If-None-Match: W/"xyzzy"`, `If-None-Match: *`,
 * `If-Modified-Since: Sat, 29 Oct 1994 19:43:31 GMT`, `If-Range: "xyzzy"`.
 */
import { type EntityTag, parseEntityTag, parseEntityTagList, strongMatch, weakMatch } from './entity-tag.ts'
import { parseHttpDate } from './http-date.ts'
import { isStrongDate, type Validators } from './validators.ts'

/** The fields of a request. A `Headers` is one, and so is a `Map` with names in lower case. */
export interface FieldReader {
  /**
   * The value of a field, several lines of it joined by commas (9110 §5.3).
   *
   * @param name in lower case.
   * @returns `null` or `undefined` if the request does not have the field.
   */
  get(name: string): string | null | undefined
}

/** What the preconditions decide: `failed` is a 412 (9110 §15.5.13), `not-modified` a 304 (9110 §15.4.5). */
export type Verdict = 'proceed' | 'not-modified' | 'failed'

/** Whether a condition holds. `undefined`: it is absent, its date is invalid, or no date is known to compare with. */
type Condition = boolean | undefined

const wholeSeconds = (date: Date) => Math.floor(date.getTime() / 1000)

/**
 * Evaluates the preconditions of a GET or HEAD request for a representation that exists, in the order of
 * 9110 §13.2.2. Never throws: a date that is invalid is ignored, and a malformed list of tags counts up to its first
 * malformed element.
 *
 * @param now milliseconds since the epoch: decides whether the modification date is strong, and the century of a
 * two-digit year.
 * @example
 * const version = { etag: { opaque: 'a', weak: false } }
 * evaluatePreconditions(new Headers({ 'If-None-Match': '"a"' }), version, Date.now()) // 'not-modified'
 * evaluatePreconditions(new Headers({ 'If-Match': '"b"' }), version, Date.now()) // 'failed'
 */
export function evaluatePreconditions(fields: FieldReader, validators: Validators, now: number): Verdict {
  if ((ifMatch(fields, validators) ?? ifUnmodifiedSince(fields, validators, now)) === false) return 'failed'
  if ((ifNoneMatch(fields, validators) ?? ifModifiedSince(fields, validators, now)) === false)
    return 'not-modified'
  return 'proceed'
}

/**
 * Whether Range counts: If-Range is absent, or names this very version (9110 §13.1.5). Never throws.
 *
 * A tag is compared strongly. A date must equal the modification date to the second, and that must be strong.
 *
 * @param now milliseconds since the epoch: decides whether the modification date is strong, and the century of a
 * two-digit year.
 * @example
 * const version = { etag: { opaque: 'a', weak: false } }
 * ifRangeHolds(new Headers({ 'If-Range': '"a"' }), version, Date.now()) // true
 * ifRangeHolds(new Headers({ 'If-Range': 'W/"a"' }), version, Date.now()) // false
 */
export function ifRangeHolds(fields: FieldReader, validators: Validators, now: number): boolean {
  const field = fields.get('if-range')
  if (field == null) return true
  const tag = parseEntityTag(field)
  if (tag !== undefined) return validators.etag !== undefined && strongMatch(tag, validators.etag)
  const { lastModified } = validators
  return isStrongDate(lastModified, now) && parseHttpDate(field, now) === wholeSeconds(lastModified)
}

function ifMatch(fields: FieldReader, { etag }: Validators): Condition {
  return namesCurrent(fields.get('if-match'), etag, strongMatch)
}

function ifNoneMatch(fields: FieldReader, { etag }: Validators): Condition {
  const named = namesCurrent(fields.get('if-none-match'), etag, weakMatch)
  return named === undefined ? undefined : !named
}

function namesCurrent(
  field: string | null | undefined,
  etag: EntityTag | undefined,
  match: (a: EntityTag, b: EntityTag) => boolean,
): Condition {
  if (field == null) return undefined
  const list = parseEntityTagList(field)
  // `*` matches any current representation, and there is one: this is not called for a missing one.
  if (list.kind === 'any') return true
  return etag !== undefined && list.tags.some((tag) => match(tag, etag))
}

function ifUnmodifiedSince(fields: FieldReader, { lastModified }: Validators, now: number): Condition {
  const field = fields.get('if-unmodified-since')
  if (field == null || lastModified === undefined) return undefined
  const date = parseHttpDate(field, now)
  return date === undefined ? undefined : wholeSeconds(lastModified) <= date
}

function ifModifiedSince(fields: FieldReader, { lastModified }: Validators, now: number): Condition {
  const field = fields.get('if-modified-since')
  // A 304 is a SHOULD here (9110 §13.1.3). A date that is not strong yet gets none: the next version may have it too.
  if (field == null || !isStrongDate(lastModified, now)) return undefined
  const date = parseHttpDate(field, now)
  return date === undefined ? undefined : wholeSeconds(lastModified) > date
}

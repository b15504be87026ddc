/**
 * Preconditions (RFC 9110 §13): If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since in the
 * order of §13.2.2, and If-Range, which only decides whether Range is looked at.
 */
import { type EntityTag, parseEntityTag, parseEntityTagList, strongMatch, weakMatch } from './entity-tag.ts'
import { parseHttpDate } from './http-date.ts'
import { isStrongDate, type Validators } from './validators.ts'

export type { Validators } from './validators.ts'

/** Reads a request field by its name in lower case, several lines of it joined by commas, as `Headers` does. */
export interface FieldReader {
  get(name: string): string | null | undefined
}

/** `failed` is a 412, `not-modified` a 304. */
export type Verdict = 'proceed' | 'not-modified' | 'failed'

/** A condition holds, or does not, or was not asked (or cannot be: no date known, or an invalid one). */
type Condition = boolean | undefined

const wholeSeconds = (date: Date) => Math.floor(date.getTime() / 1000)

/**
 * Decides the preconditions of a GET or HEAD request, in the order of §13.2.2.
 *
 * @param now milliseconds since the epoch.
 * @example
 * evaluatePreconditions(new Headers({ 'If-None-Match': '"a"' }), { etag: { opaque: 'a', weak: false } }, Date.now())
 * // 'not-modified'
 */
export function evaluatePreconditions(fields: FieldReader, validators: Validators, now: number): Verdict {
  if ((ifMatch(fields, validators) ?? ifUnmodifiedSince(fields, validators, now)) === false) return 'failed'
  if ((ifNoneMatch(fields, validators) ?? ifModifiedSince(fields, validators, now)) === false)
    return 'not-modified'
  return 'proceed'
}

/**
 * Whether Range counts: If-Range is absent, or names this very version (§13.1.5).
 *
 * A tag is compared strongly; a date must be exactly Last-Modified, and strong.
 *
 * @param now milliseconds since the epoch.
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
  // `*` asks for any current representation, and there is one: this is only called for one that was found.
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
  // §13.1.3 only says SHOULD to a 304: a date that is not strong yet would promise what it cannot.
  if (field == null || !isStrongDate(lastModified, now)) return undefined
  const date = parseHttpDate(field, now)
  return date === undefined ? undefined : wholeSeconds(lastModified) > date
}

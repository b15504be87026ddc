/**
 * Entity tags: ETag, If-Match, If-None-Match, If-Range (RFC 9110 §8.8.3, §13.1).
 *
 *     entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE
 *     etagc      = "!" / %x23-7E / %x80-FF
 *
 * For example `"xyzzy"`, `W/"xyzzy"`, `""`. A tag may contain commas and backslashes, which mean nothing in it.
 */

/** An entity tag: the text between the quotes, and whether it only promises equivalence. */
export interface EntityTag {
  readonly opaque: string
  readonly weak: boolean
}

/** What If-Match or If-None-Match names: any representation, or some. */
export type EntityTagList =
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly tags: readonly EntityTag[] }

const OPAQUE = /^[!\x23-\x7e\x80-\xff]*$/
// Both are sticky, and in both each character fits one alternative only, so that neither can backtrack.
const SEPARATOR = /[\t ,]*/y
const TAG = /(?:W\/)?"[!\x23-\x7e\x80-\xff]*"(?=[\t ,]|$)/y

/**
 * Reads one entity tag, or returns `undefined` where the text is none.
 *
 * @example
 * parseEntityTag('W/"xyzzy"') // { opaque: 'xyzzy', weak: true }
 */
export function parseEntityTag(text: string): EntityTag | undefined {
  const weak = text.startsWith('W/')
  const start = weak ? 3 : 1
  if (text.length <= start || text[start - 1] !== '"' || !text.endsWith('"')) return undefined
  const opaque = text.slice(start, -1)
  return OPAQUE.test(opaque) ? { opaque, weak } : undefined
}

/**
 * Reads the value of If-Match or If-None-Match. Never throws: a list counts up to its first malformed
 * element, since what the client named before it was named clearly.
 *
 * @example
 * parseEntityTagList('"a,b", W/"c"')
 * // { kind: 'list', tags: [{ opaque: 'a,b', weak: false }, { opaque: 'c', weak: true }] }
 */
export function parseEntityTagList(field: string): EntityTagList {
  if (field.trim() === '*') return { kind: 'any' }
  const tags: EntityTag[] = []
  let at = 0
  while (at < field.length) {
    SEPARATOR.lastIndex = at
    const separators = SEPARATOR.exec(field)?.[0] ?? ''
    if (tags.length > 0 && !separators.includes(',')) break
    TAG.lastIndex = SEPARATOR.lastIndex
    const tag = parseEntityTag(TAG.exec(field)?.[0] ?? '')
    if (tag === undefined) break
    tags.push(tag)
    at = TAG.lastIndex
  }
  return { kind: 'list', tags }
}

/**
 * Writes an entity tag as it stands in a field.
 *
 * @throws TypeError where `opaque` has a character that no entity tag may have.
 * @example
 * formatEntityTag({ opaque: 'xyzzy', weak: true }) // 'W/"xyzzy"'
 */
export function formatEntityTag(tag: EntityTag): string {
  if (!OPAQUE.test(tag.opaque))
    throw new TypeError(`An entity tag cannot contain ${JSON.stringify(tag.opaque)}`)
  return `${tag.weak ? 'W/' : ''}"${tag.opaque}"`
}

/** Strong comparison (§8.8.3.2): equal, and neither is weak. Due for If-Match and If-Range. */
export function strongMatch(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque
}

/** Weak comparison (§8.8.3.2): equal, weak or not. Due for If-None-Match. */
export function weakMatch(a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque
}

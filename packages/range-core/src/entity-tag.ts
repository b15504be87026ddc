/**
 * Entity tags (RFC 9110 §8.8.3), as they stand in ETag, If-Match, If-None-Match and If-Range.
 *
 *     entity-tag = [ weak ] opaque-tag
 *     weak       = %s"W/"
 *     opaque-tag = DQUOTE *etagc DQUOTE
 *     etagc      = "!" / %x23-7E / obs-text
 *
 * For example `"xyzzy"`, `W/"xyzzy"`, `""`. Commas and backslashes may stand in a tag and have no meaning there.
 */

/** An entity tag (9110 §8.8.3). */
export interface EntityTag {
  /** The text between the quotes. */
  readonly opaque: string
  /** Whether versions with this tag are only equivalent, not the same byte for byte (9110 §8.8.1). */
  readonly weak: boolean
}

/** What If-Match or If-None-Match names: any representation (`*`), or those with one of some tags. */
export type EntityTagList =
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly tags: readonly EntityTag[] }

const OPAQUE = /^[!\x23-\x7e\x80-\xff]*$/
// In both, each character fits one alternative only, so neither can backtrack.
const SEPARATOR = /[\t ,]*/y
const TAG = /(?:W\/)?"[!\x23-\x7e\x80-\xff]*"(?=[\t ,]|$)/y

/**
 * Reads one entity tag, without white space around it. Never throws.
 *
 * @returns `undefined` if the text is not an entity tag.
 * @example
 * parseEntityTag('W/"xyzzy"') // { opaque: 'xyzzy', weak: true }
 * parseEntityTag('xyzzy') // undefined
 */
export function parseEntityTag(text: string): EntityTag | undefined {
  const weak = text.startsWith('W/')
  const start = weak ? 3 : 1
  if (text.length <= start || text[start - 1] !== '"' || !text.endsWith('"')) return undefined
  const opaque = text.slice(start, -1)
  return OPAQUE.test(opaque) ? { opaque, weak } : undefined
}

/**
 * Reads the value of If-Match or If-None-Match (9110 §13.1.1, §13.1.2). Never throws: a list counts up to its first
 * malformed element, since the tags before it are clear.
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
 * Writes an entity tag as it stands in a field (9110 §8.8.3).
 *
 * @throws TypeError if `opaque` has a character that must not stand in an entity tag.
 * @example
 * formatEntityTag({ opaque: 'xyzzy', weak: true }) // 'W/"xyzzy"'
 */
export function formatEntityTag(tag: EntityTag): string {
  if (!OPAQUE.test(tag.opaque))
    throw new TypeError(`An entity tag cannot contain ${JSON.stringify(tag.opaque)}`)
  return `${tag.weak ? 'W/' : ''}"${tag.opaque}"`
}

/**
 * Strong comparison (9110 §8.8.3.2): the tags are equal and neither is weak. If-Match and If-Range use it.
 *
 * @example
 * strongMatch({ opaque: '1', weak: false }, { opaque: '1', weak: false }) // true
 * strongMatch({ opaque: '1', weak: true }, { opaque: '1', weak: true }) // false
 */
export function strongMatch(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque
}

/**
 * Weak comparison (9110 §8.8.3.2): the tags are equal, weak or not. If-None-Match uses it.
 *
 * @example
 * weakMatch({ opaque: '1', weak: true }, { opaque: '1', weak: false }) // true
 * weakMatch({ opaque: '1', weak: true }, { opaque: '2', weak: true }) // false
 */
export function weakMatch(a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque
}

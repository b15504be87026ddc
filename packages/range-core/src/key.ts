/** Keys: the names by which sources open representations. */

// A segment that is empty, `.` or `..`; a NUL, which ends names in many stores.
const UNUSABLE = /(?:^|\/)\.{0,2}(?:\/|$)|\0/
const HIDDEN = /(?:^|\/)\./

/**
 * Whether a text can be a key: one or more segments joined by `/`, none of them empty or a dot segment, and no NUL. No
 * source opens anything by another text; each adds the limits of its store.
 *
 * @example
 * isKey('films/film.mp4') // true
 * isKey('films/../secret.mp4') // false
 */
export function isKey(text: string): boolean {
  return !UNUSABLE.test(text)
}

/**
 * Whether a segment of a key begins with a dot, as the names of dotfiles do. Sources that serve what people put into a
 * folder or a bucket skip these.
 *
 * @example
 * isHidden('films/.secret/film.mp4') // true
 */
export function isHidden(key: string): boolean {
  return HIDDEN.test(key)
}

import { type IntRange, parseRange } from '@rangekit/range-core'

/** With these a client that has a version asks for another one: it most likely gets a 304 (9110 §13.1.2, §13.1.3). */
const UNLESS_KNOWN = ['if-none-match', 'if-modified-since']
const WHOLE: IntRange = { kind: 'int', firstPos: 0, lastPos: undefined }

/**
 * The range that a request will most likely get, before anything is known of the representation.
 *
 * @returns `undefined` if it will get none, or several, or one that depends on the length.
 */
export function likelyRange({ method, headers }: Request): IntRange | undefined {
  if (method !== 'GET' || UNLESS_KNOWN.some((name) => headers.has(name))) return undefined
  const field = parseRange(headers.get('range') ?? '')
  if (field.kind !== 'ranges') return WHOLE
  const [spec, ...others] = field.specs
  return spec?.kind === 'int' && others.length === 0 ? spec : undefined
}

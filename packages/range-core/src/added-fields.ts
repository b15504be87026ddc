import type { Fields } from './source.ts'

/** Fields that the plan decides: a second one, or another value, would contradict it. */
const DECIDED = new Set([
  'accept-ranges',
  'content-length',
  'content-range',
  'etag',
  'last-modified',
  'repr-digest',
  'transfer-encoding',
])

/** Fields that a 304 has if the 200 would have them (9110 §15.4.5), without those that the plan decides. */
export const NOT_MODIFIED: ReadonlySet<string> = new Set([
  'cache-control',
  'content-location',
  'date',
  'expires',
  'vary',
])

/**
 * Adds fields of a source or an option to those of a plan. Names are compared without case (9110 §5.1), so that a
 * response has each field once; fields that the plan decides itself are ignored. Vary is the exception to replacing: a
 * response that depends on what both name needs both, or a cache would reuse it for the wrong request (9110 §12.5.5).
 *
 * @param headers the plan's so far; changed in place.
 * @param added what is added.
 * @param replaces whether they replace a value that is there already. Default: false.
 * @param only the names, in lower case, of those that are added. Default: all.
 */
export function addFields(
  headers: Record<string, string>,
  added: Fields = {},
  replaces = false,
  only?: ReadonlySet<string>,
): void {
  for (const [name, value] of Object.entries(added)) {
    const lower = name.toLowerCase()
    if (DECIDED.has(lower) || only?.has(lower) === false) continue
    const known = Object.keys(headers).find((other) => other.toLowerCase() === lower)
    if (known === undefined) headers[name] = value
    else if (lower === 'vary') headers[known] += `, ${value}`
    else if (replaces) headers[known] = value
  }
}

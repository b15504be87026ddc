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

/**
 * Adds fields of a source or an option to those of a plan. Names are compared without case (9110 §5.1), so that a
 * response has each field once; fields that the plan decides itself are ignored.
 *
 * @param headers the plan's so far; changed in place.
 * @param added what is added.
 * @param replaces whether they replace a value that is there already. Default: false.
 */
export function addFields(headers: Record<string, string>, added: Fields = {}, replaces = false): void {
  for (const [name, value] of Object.entries(added)) {
    const lower = name.toLowerCase()
    if (DECIDED.has(lower)) continue
    const known = Object.keys(headers).find((other) => other.toLowerCase() === lower)
    if (known === undefined) headers[name] = value
    else if (replaces) headers[known] = value
  }
}

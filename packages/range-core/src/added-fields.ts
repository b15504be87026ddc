import type { Fields } from './source.ts'

/** Fields that follow from the plan: a second one, or another value, would make the response say two things. */
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
 * response has each field once; what the plan decides itself is ignored.
 *
 * @param headers the plan's so far; changed in place.
 * @param added what is added.
 * @param replaces whether a value that is there already is replaced. Default: it stays.
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

// All vectors that come with the checker.

import type { Vector, VectorFile } from './vector.ts'
import dates from './vectors/dates.json' with { type: 'json' }
import digests from './vectors/digests.json' with { type: 'json' }
import framing from './vectors/framing.json' with { type: 'json' }
import ifMatch from './vectors/if-match.json' with { type: 'json' }
import ifNoneMatch from './vectors/if-none-match.json' with { type: 'json' }
import ifRange from './vectors/if-range.json' with { type: 'json' }
import methods from './vectors/methods.json' with { type: 'json' }
import multipart from './vectors/multipart.json' with { type: 'json' }
import precedence from './vectors/precedence.json' with { type: 'json' }
import rangeGrammar from './vectors/range-grammar.json' with { type: 'json' }
import rangeResolution from './vectors/range-resolution.json' with { type: 'json' }
import sections from './vectors/sections.json' with { type: 'json' }

// TypeScript widens the strings of a JSON file; a test checks every file against schema.json.
const files: readonly unknown[] = [
  rangeGrammar,
  rangeResolution,
  multipart,
  ifRange,
  ifMatch,
  ifNoneMatch,
  dates,
  precedence,
  methods,
  framing,
  digests,
]

/** The files of vectors, by topic. */
export const vectorFiles = files as readonly VectorFile[]

/** Every vector, in the order of the files. */
export const vectors: readonly Vector[] = vectorFiles.flatMap((file) => file.vectors)

/** What the sections are about: `9110 §14.2` → `Range`. */
export const sectionNames: Readonly<Record<string, string>> = sections

/** Orders sections as they stand in the RFCs. */
export function compareSections(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

import dates from '../vectors/dates.json' with { type: 'json' }
import digests from '../vectors/digests.json' with { type: 'json' }
import framing from '../vectors/framing.json' with { type: 'json' }
import ifMatch from '../vectors/if-match.json' with { type: 'json' }
import ifNoneMatch from '../vectors/if-none-match.json' with { type: 'json' }
import ifRange from '../vectors/if-range.json' with { type: 'json' }
import methods from '../vectors/methods.json' with { type: 'json' }
import multipart from '../vectors/multipart.json' with { type: 'json' }
import precedence from '../vectors/precedence.json' with { type: 'json' }
import rangeGrammar from '../vectors/range-grammar.json' with { type: 'json' }
import rangeResolution from '../vectors/range-resolution.json' with { type: 'json' }
import sections from '../vectors/sections.json' with { type: 'json' }
import unknownLength from '../vectors/unknown-length.json' with { type: 'json' }
import type { Vector, VectorFile } from './vector.ts'

// TypeScript widens the strings of JSON modules to `string`; a test checks every file against schema.json.
const FILES: readonly unknown[] = [
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
  unknownLength,
]

/** The vectors that come with the checker, by topic. */
export const vectorFiles = FILES as readonly VectorFile[]

/** Every vector that comes with the checker, in the order of `vectorFiles`. */
export const vectors: readonly Vector[] = vectorFiles.flatMap((file) => file.vectors)

/** The names of the sections that vectors cite, such as `Range` for `9110 §14.2`. */
export const sectionNames: Readonly<Record<string, string>> = sections

/** Compares sections for `sort`: by RFC, then in the order of the RFC. */
export function compareSections(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

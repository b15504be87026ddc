// What a run found: every vector's result, and scores by section.
import { isWhole, type Learned } from './learned.ts'
import { headerValue } from './raw-parse.ts'
import type { Finding } from './rules.ts'
import type { Level } from './vector.ts'
import { compareSections, sectionNames } from './vectors.ts'

export type Verdict = 'pass' | 'fail' | 'not-offered' | 'not-applicable'

export interface VectorResult {
  readonly id: string
  readonly section: string
  readonly level: Level
  readonly title: string
  readonly why: string
  readonly verdict: Verdict
  /** Why it was not run, or what was left out. */
  readonly reason?: string
  /** What was broken, the strictest first; a general rule may be stricter than the vector. */
  readonly findings?: readonly Finding[]
  readonly sent?: string
  readonly received?: string
}

/** Vectors by verdict; failed ones by the level of the strictest rule that was broken. */
export interface Score {
  readonly passed: number
  readonly failed: Readonly<Record<Level, number>>
  readonly notOffered: number
  readonly notApplicable: number
}

export interface Report {
  readonly url: string
  /** The Server field, if there is one. */
  readonly server: string | undefined
  readonly representation: {
    readonly completeLength: number
    readonly etag: string | undefined
    readonly lastModified: string | undefined
    readonly contentType: string | undefined
    /** Whether every byte of it was compared, or samples. */
    readonly knownWhole: boolean
  }
  readonly offers: Learned['offers']
  readonly notes: readonly string[]
  readonly durationMs: number
  readonly totals: Score
  readonly sections: readonly (Score & { readonly section: string; readonly name: string })[]
  readonly results: readonly VectorResult[]
}

export function makeReport(
  url: string,
  learned: Learned,
  results: readonly VectorResult[],
  durationMs: number,
): Report {
  const sections = [...new Set(results.map(({ section }) => section))].toSorted(compareSections)
  return {
    url,
    server: headerValue(learned.headers, 'server'),
    representation: {
      completeLength: learned.completeLength,
      etag: learned.etag?.text,
      lastModified: learned.lastModified?.toUTCString(),
      contentType: headerValue(learned.headers, 'content-type'),
      knownWhole: isWhole(learned),
    },
    offers: learned.offers,
    notes: learned.notes,
    durationMs,
    totals: scoreOf(results),
    sections: sections.map((section) => ({
      section,
      name: sectionNames[section] ?? '',
      ...scoreOf(results.filter((result) => result.section === section)),
    })),
    results,
  }
}

/** Vectors that said something: passed or failed. */
export function judged({ passed, failed }: Score): number {
  return passed + failed.MUST + failed.SHOULD + failed.MAY
}

function scoreOf(results: readonly VectorResult[]): Score {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length
  const failed = (level: Level) =>
    results.filter(({ verdict, findings }) => verdict === 'fail' && findings?.[0]?.level === level).length
  return {
    passed: count('pass'),
    failed: { MUST: failed('MUST'), SHOULD: failed('SHOULD'), MAY: failed('MAY') },
    notOffered: count('not-offered'),
    notApplicable: count('not-applicable'),
  }
}

import type { Finding } from '../judge/rules.ts'
import { headerValue } from '../raw/parse-response.ts'
import type { Protocol } from '../raw/protocol.ts'
import { isWhole, type Offers, type Subject } from '../subject/subject.ts'
import type { Level } from '../suite/vector.ts'
import { compareSections, sectionNames } from '../suite/vectors.ts'

/** What came of one vector. `sent` and `received` are the request and the response as text, without the body. */
export type VectorResult = {
  /** The id of the vector. */
  readonly id: string
  /** RFC and section, such as `9110 §14.2`. */
  readonly section: string
  /** The level of the vector. */
  readonly level: Level
  /** The behaviour in plain words. */
  readonly title: string
  /** The rule behind it. */
  readonly why: string
} & (
  | { readonly verdict: 'pass'; readonly sent: string; readonly received: string }
  | {
      readonly verdict: 'fail'
      /** What was broken, the strictest rule first; a rule for every response may be stricter than the vector. */
      readonly findings: readonly Finding[]
      readonly sent: string
      readonly received: string
    }
  /** Without `sent`, the vector was not run. */
  | {
      readonly verdict: 'not-offered'
      readonly reason: string
      readonly sent?: string
      readonly received?: string
    }
  | { readonly verdict: 'not-applicable'; readonly reason: string }
)

/** What an answer was judged to be; see the README. */
export type Verdict = VectorResult['verdict']

/** How many vectors had each verdict; failed ones by the level of the strictest rule broken. */
export interface Score {
  /** Answers that the RFC permits. */
  readonly passed: number
  /** Answers that break a rule. */
  readonly failed: Readonly<Record<Level, number>>
  /** Answers that lack an optional feature. */
  readonly notOffered: number
  /** Vectors that do not fit the representation or the server. */
  readonly notApplicable: number
}

/** The result of a run. */
export interface Report {
  /** The URL that was judged. */
  readonly url: string
  /** The protocol that it was judged over. */
  readonly protocol: Protocol
  /** The Server field. */
  readonly server: string | undefined
  /** What plain requests said of the representation. */
  readonly representation: {
    /** Bytes in the whole representation; `undefined` if the server does not know either. */
    readonly completeLength: number | undefined
    /** Bytes that it had when the run began. */
    readonly currentLength: number
    /** As sent; `undefined` where it is absent or not well-formed. */
    readonly etag: string | undefined
    /** An IMF-fixdate. */
    readonly lastModified: string | undefined
    /** Its media type, as sent. */
    readonly contentType: string | undefined
    /** Whether bodies were compared whole; otherwise the first bytes and the last. */
    readonly knownWhole: boolean
  }
  /** What the server supports. */
  readonly offers: Offers
  /** Warnings, such as that the representation changes. */
  readonly notes: readonly string[]
  /** How long the run took, in milliseconds. */
  readonly durationMs: number
  /** The score of all vectors. */
  readonly totals: Score
  /** The score of each section of the RFCs. */
  readonly sections: readonly (Score & { readonly section: string; readonly name: string })[]
  /** In the order of the vectors. */
  readonly results: readonly VectorResult[]
}

/** Puts the results of a run together, with scores by section in the order of the RFCs. */
export function makeReport(
  url: string,
  subject: Subject,
  results: readonly VectorResult[],
  durationMs: number,
): Report {
  const sections = [...new Set(results.map(({ section }) => section))].toSorted(compareSections)
  return {
    url,
    protocol: subject.protocol,
    server: headerValue(subject.headers, 'server'),
    representation: {
      completeLength: subject.completeLength,
      currentLength: subject.currentLength,
      etag: subject.etag?.text,
      lastModified: subject.lastModified?.toUTCString(),
      contentType: headerValue(subject.headers, 'content-type'),
      knownWhole: isWhole(subject),
    },
    offers: subject.offers,
    notes: subject.notes,
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

/** How many vectors were judged: those that passed or failed. */
export function judged({ passed, failed }: Score): number {
  return passed + failed.MUST + failed.SHOULD + failed.MAY
}

function scoreOf(results: readonly VectorResult[]): Score {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length
  const failed = (level: Level) =>
    results.filter((result) => result.verdict === 'fail' && result.findings[0]?.level === level).length
  return {
    passed: count('pass'),
    failed: { MUST: failed('MUST'), SHOULD: failed('SHOULD'), MAY: failed('MAY') },
    notOffered: count('not-offered'),
    notApplicable: count('not-applicable'),
  }
}

// The shape of a vector: one request, and every answer to it that the RFC permits. Vectors are JSON
// (src/vectors/*.json, described by schema.json there), so that other programs can use them too.

export const levels = ['MUST', 'SHOULD', 'MAY'] as const

/** 9110 §2.2, RFC 2119; MUST NOT and SHOULD NOT are counted with MUST and SHOULD. */
export type Level = (typeof levels)[number]

/** A status code or a class of codes. */
export type StatusSpec = number | '2xx' | '3xx' | '4xx' | '5xx'

/** What a header field has to be; values carry templates. */
export type HeaderExpectation =
  | { readonly name: string; readonly is: 'present' | 'absent' }
  /** As in the plain 200 that was learned, absent included. */
  | { readonly name: string; readonly is: 'as-in-200' }
  /** `absent-or`: optional, but equal to the value if it is there. `pattern` ignores case. */
  | {
      readonly name: string
      readonly is: 'equals' | 'includes' | 'pattern' | 'absent-or'
      readonly value: string
    }
  /** A date that is not after the date in another field of the same response, which `value` names. */
  | { readonly name: string; readonly is: 'not-after'; readonly value: string }

export type BodyExpectation =
  | { readonly kind: 'whole' }
  /** One range as a single part (15.3.7.1), e.g. `0-499`. */
  | { readonly kind: 'slice'; readonly range: string }
  /**
   * All of these ranges, coalesced or not (15.3.7.2), in one part or several. `inOrder`: parts exactly
   * these, in this order. `partType`: each part has the Content-Type of the plain 200.
   */
  | {
      readonly kind: 'ranges'
      readonly ranges: readonly string[]
      readonly inOrder?: boolean
      readonly partType?: boolean
    }
  /** Not more than this many bytes, whatever they are. */
  | { readonly kind: 'at-most'; readonly bytes: string }

/** One permitted answer. */
export interface Answer {
  readonly status: StatusSpec | readonly StatusSpec[]
  readonly headers?: readonly HeaderExpectation[]
  /** Default: any body. */
  readonly body?: BodyExpectation
  /** The server closes the connection after it. Default: no matter. */
  readonly closes?: boolean
  /**
   * What the answer means. Default `pass`. `not-offered`: permitted, but the feature is left out.
   * `breaks-SHOULD`: keeps the vector's MUST, but not the recommendation beside it.
   */
  readonly means?: 'pass' | 'not-offered' | 'breaks-SHOULD'
}

export interface VectorRequest {
  /** Default GET. */
  readonly method?: string
  /** Request target. Default `{path}`. */
  readonly target?: string
  /** Default HTTP/1.1. */
  readonly version?: 'HTTP/1.0' | 'HTTP/1.1'
  /** Field names and values, with templates; a name may come twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Whole header lines, with templates, sent as they are after `headers`. */
  readonly rawLines?: readonly string[]
  /** Send a plain GET behind it on the same connection: its 200 must start where this answer ends. */
  readonly pipelined?: boolean
}

export interface Vector {
  readonly id: string
  /** RFC and section, e.g. `9110 §14.2`; `sections.json` names them. */
  readonly section: string
  readonly level: Level
  /** The behaviour in plain words. */
  readonly title: string
  /** The rule it follows from, in one sentence. */
  readonly why: string
  /** What must be so for the vector to say anything; see needs.ts. */
  readonly needs?: readonly string[]
  readonly request: VectorRequest
  readonly accept: readonly Answer[]
}

/** A file of vectors. */
export interface VectorFile {
  readonly topic: string
  readonly vectors: readonly Vector[]
}

/** The status codes and classes of an answer as a list. */
export function statusSpecs({ status }: Answer): readonly StatusSpec[] {
  return typeof status === 'number' || typeof status === 'string' ? [status] : status
}

export function statusMatches(spec: StatusSpec, status: number): boolean {
  return typeof spec === 'number' ? spec === status : spec[0] === String(status)[0]
}

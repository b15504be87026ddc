/**
 * The shape of a vector: one request, and every answer to it that the RFC permits. Vectors are JSON
 * (`src/vectors/*.json`, described by `schema.json` there), so that other programs can use them too.
 */

/** From the strictest down. */
export const LEVELS = ['MUST', 'SHOULD', 'MAY'] as const

/** Requirement levels (9110 §2.2, RFC 2119). MUST NOT and SHOULD NOT count as MUST and SHOULD. */
export type Level = (typeof LEVELS)[number]

/** A status code, or a class of them. */
export type StatusSpec = number | '2xx' | '3xx' | '4xx' | '5xx'

/** What a header field has to be. Values may have templates. */
export type HeaderExpectation =
  | { readonly name: string; readonly is: 'present' | 'absent' }
  /** The same as in the plain 200, absent included. */
  | { readonly name: string; readonly is: 'as-in-200' }
  /** `absent-or`: absent, or equal to the value. `pattern`: a regular expression, without case. */
  | {
      readonly name: string
      readonly is: 'equals' | 'includes' | 'pattern' | 'absent-or'
      readonly value: string
    }
  /** A date that is not after the one in another field of the same response; `value` names that field. */
  | { readonly name: string; readonly is: 'not-after'; readonly value: string }

/** What a body has to be. Ranges are inclusive, such as `0-499`, and may have templates. */
export type BodyExpectation =
  | { readonly kind: 'whole' }
  /** One range as a single part (9110 §15.3.7.1). */
  | { readonly kind: 'slice'; readonly range: string }
  /** All of these ranges, coalesced or not, in one part or several (9110 §15.3.7.2). */
  | {
      readonly kind: 'ranges'
      readonly ranges: readonly string[]
      /** The parts are exactly these ranges, in this order. Default: false. */
      readonly inOrder?: boolean
      /** Each part has the Content-Type of the plain 200. Default: false. */
      readonly partType?: boolean
    }
  /**
   * The bytes of a range, which is there, and any number of those after it: of what grows, more may have come. A single
   * part, or a 200 that begins with the first byte.
   */
  | { readonly kind: 'at-least'; readonly range: string }
  /** The last so many bytes that are there, as a single part. */
  | { readonly kind: 'suffix'; readonly bytes: string }
  /** At most so many bytes, whatever they are. */
  | { readonly kind: 'at-most'; readonly bytes: string }

/** One permitted answer. */
export interface Answer {
  /** The status code, a class of them, or several of these. */
  readonly status: StatusSpec | readonly StatusSpec[]
  /** Default: any fields. */
  readonly headers?: readonly HeaderExpectation[]
  /** Default: any body. */
  readonly body?: BodyExpectation
  /** The server must close the connection after the response. Default: false. */
  readonly closes?: boolean
  /**
   * What the answer means. `not-offered`: permitted, but without the feature. `breaks-SHOULD`: keeps the vector's
   * MUST, but not the recommendation that comes with it. Default: `pass`.
   */
  readonly means?: 'pass' | 'not-offered' | 'breaks-SHOULD'
}

/** The request of a vector. */
export interface VectorRequest {
  /** Default: GET. */
  readonly method?: string
  /** The request target. Default: `{path}`. */
  readonly target?: string
  /** Default: HTTP/1.1. */
  readonly version?: 'HTTP/1.0' | 'HTTP/1.1'
  /** Field names and values, which may have templates. A name may appear twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Whole header lines, sent as they are after `headers`. They may have templates. */
  readonly rawLines?: readonly string[]
  /** A plain GET follows on the same connection; its 200 must start where this response ends. Default: false. */
  readonly pipelined?: boolean
}

/** One request, and every answer to it that the RFC permits. */
export interface Vector {
  /** Unique among all vectors. */
  readonly id: string
  /** RFC and section, such as `9110 §14.2`; `sections.json` names them. */
  readonly section: string
  /** The level of the rule. */
  readonly level: Level
  /** The behaviour in plain words. */
  readonly title: string
  /** The rule behind it, in one sentence. */
  readonly why: string
  /** What the representation and the server must have for the vector to apply; see `needs.ts`. Default: nothing. */
  readonly needs?: readonly string[]
  /** The request to send. */
  readonly request: VectorRequest
  /** Every permitted answer. */
  readonly accept: readonly Answer[]
}

/** A file of vectors. */
export interface VectorFile {
  /** What the vectors of the file are about. */
  readonly topic: string
  /** The vectors, in the order in which they are sent. */
  readonly vectors: readonly Vector[]
}

/** The status codes and classes of an answer as a list. */
export function statusSpecs({ status }: Answer): readonly StatusSpec[] {
  return typeof status === 'number' || typeof status === 'string' ? [status] : status
}

/** Whether a status is the one specified, or of the class specified. */
export function statusMatches(spec: StatusSpec, status: number): boolean {
  return typeof spec === 'number' ? spec === status : spec[0] === String(status)[0]
}

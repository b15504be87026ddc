import type { RawResponse } from '../raw/received.ts'
import type { Subject } from '../subject/subject.ts'
import type { VectorRequest } from '../suite/vector.ts'

/** A request without templates, and the response to it. */
export interface Exchange {
  readonly request: VectorRequest
  readonly response: RawResponse
  readonly subject: Subject
}

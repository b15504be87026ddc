export { type ByteRange, byteLength, type IntRange, isOpenEnded, OPEN_END } from './byte-range.ts'
export { evaluatePreconditions, type FieldReader, ifRangeHolds, type Verdict } from './conditional.ts'
export { formatContentRange } from './content-range.ts'
export {
  type EntityTag,
  type EntityTagList,
  formatEntityTag,
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  weakMatch,
} from './entity-tag.ts'
export { formatHttpDate, parseHttpDate } from './http-date.ts'
export { isHidden, isKey } from './key.ts'
export { andThen, type MaybePromise } from './maybe-promise.ts'
export { layOutMultipart, type MultipartBody } from './multipart.ts'
export {
  type PlanOptions,
  type PlanRequest,
  planMethod,
  planRepresentation,
  planResponse,
  type ResponsePlan,
} from './plan.ts'
export { planRange, type RangeOptions, type RangePlan } from './plan-range.ts'
export { parseRange, type RangeField, type RangeSpec } from './range.ts'
export { READER_PROOF } from './reader-proof.ts'
export { type ReprDigests, reprDigestField } from './repr-digest.ts'
export { coalesceRanges, resolveRanges } from './resolve.ts'
export { type Segment, segmentLength } from './segment.ts'
export { checkSendable } from './sendable-fields.ts'
export {
  type Fields,
  type OpenOptions,
  type RangeBytes,
  type RangeSource,
  type ReadOptions,
  type Representation,
  type RepresentationInfo,
  SourceBusyError,
} from './source.ts'
export type { Validators } from './validators.ts'

/**
 * Judges the range support of any HTTP/1.1 server by RFC 9110, over a raw socket.
 *
 * @example
 * import { renderReport, runConformance } from '@rangekit/conformance'
 *
 * const report = await runConformance('http://127.0.0.1:8080/film.mp4')
 * console.log(renderReport(report))
 */
export { type ByteRange, type Delivered, type DeliveredPart, delivered } from './byteranges.ts'
export { UnreachableError } from './learn.ts'
export type { Offers } from './learned.ts'
export type { Framing } from './raw-body.ts'
export {
  NoAnswerError,
  type RawOptions,
  type RawResponse,
  type RawTarget,
  rawExchange,
  rawExchanges,
} from './raw-http.ts'
export { headerValue, headerValues, type RawHeader } from './raw-parse.ts'
export { renderReport } from './render.ts'
export { judged, type Report, type Score, type VectorResult, type Verdict } from './report.ts'
export type { Finding } from './rules.ts'
export { type ConformanceOptions, runConformance } from './run.ts'
export type {
  Answer,
  BodyExpectation,
  HeaderExpectation,
  Level,
  StatusSpec,
  Vector,
  VectorFile,
  VectorRequest,
} from './vector.ts'
export { sectionNames, vectorFiles, vectors } from './vectors.ts'

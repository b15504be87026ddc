/**
 * Judges the range support of a server against RFC 9110, over a raw socket for HTTP/1.1, or over HTTP/2.
 *
 * @example
 * import { renderReport, runConformance } from '@rangekit/conformance'
 *
 * const report = await runConformance('http://127.0.0.1:8080/film.mp4')
 * console.log(renderReport(report))
 * @module
 */
export type { ByteRange } from './byte-range.ts'
export type { Finding } from './judge/rules.ts'
export { type Delivered, type DeliveredPart, delivered } from './raw/delivered.ts'
export { type RawOptions, rawExchange, rawExchanges } from './raw/exchange.ts'
export { headerValue, headerValues, type RawHeader } from './raw/parse-response.ts'
export type { Protocol } from './raw/protocol.ts'
export type { Framing } from './raw/read-body.ts'
export { NoAnswerError, type RawResponse } from './raw/received.ts'
export type { RawTarget } from './raw/target.ts'
export { type RenderOptions, renderReport } from './report/render.ts'
export { judged, type Report, type Score, type VectorResult, type Verdict } from './report/report.ts'
export { type ConformanceOptions, runConformance } from './run.ts'
export type { Offers } from './subject/subject.ts'
export { UnreachableError } from './subject/unreachable-error.ts'
export type {
  Answer,
  BodyExpectation,
  HeaderExpectation,
  Level,
  StatusSpec,
  Vector,
  VectorFile,
  VectorRequest,
} from './suite/vector.ts'
export { sectionNames, vectorFiles, vectors } from './suite/vectors.ts'

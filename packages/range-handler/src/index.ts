export { type BlobEntry, blobSource } from './blob-source.ts'
export type { DeferredBody } from './body/deferred-body.ts'
export { lengthOf } from './body/length-of.ts'
export type { OpenRepresentation } from './body/open-representation.ts'
export { aborted, COMPLETE, failed, type Outcome } from './body/outcome.ts'
export { type Deferred, deferredOf, isUntouched } from './deferred/deferred-response.ts'
export { type Exchange, openExchange, reportFault } from './deferred/exchange.ts'
export { detailResponse, faultResponse } from './detail-response.ts'
export { createHandler } from './handler.ts'
export type { HandlerOptions } from './handler-options.ts'
export { type RespondOptions, respond } from './respond.ts'
export { type CorsOrigins, preflightResponse, withCors } from './stream/cors.ts'
export { type StreamHandler, type StreamOptions, streamHandler } from './stream/stream-handler.ts'
export { setMountPath } from './target/mount-path.ts'
export { normalizeRequest } from './target/normalize-request.ts'
export { normalizeTarget } from './target/request-target.ts'
export { keyFromPath, pathOf } from './target/resource-key.ts'
export { unsignedPath } from './target/signed-claim.ts'
export {
  checkVerifyOptions,
  type SignOptions,
  signUrl,
  type VerifyOptions,
  verifySignedUrl,
} from './target/signed-url.ts'
export { reportTransfer, type Transfer, type TransferListener } from './transfer.ts'

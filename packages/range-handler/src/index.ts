export { type BlobEntry, blobSource } from './blob-source.ts'
export { closeInBackground, type PlannedBody, streamBody } from './body/stream-body.ts'
export { detailResponse, faultResponse } from './detail-response.ts'
export { createHandler, type HandlerOptions } from './handler.ts'
export { type RespondOptions, respond } from './respond.ts'
export { offerResponder, type Responder } from './responder.ts'
export { normalizeRequest } from './target/normalize-request.ts'
export { normalizeTarget } from './target/request-target.ts'
export { keyFromPath, pathOf } from './target/resource-key.ts'
export {
  checkVerifyOptions,
  type SignOptions,
  signUrl,
  type VerifyOptions,
  verifySignedUrl,
} from './target/signed-url.ts'

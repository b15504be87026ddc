export {
  type SignOptions,
  type StreamHandler,
  type StreamOptions,
  signUrl,
  streamHandler,
  type Transfer,
  type TransferListener,
  type VerifyOptions,
  verifySignedUrl,
} from '@rangekit/range-handler'
export { type AppOptions, createApp, NOT_FOUND } from './app.ts'
export { mediaCors } from './cors.ts'
export { type StreamRouteOptions, streamRoutes } from './stream-routes.ts'

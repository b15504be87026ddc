export {
  type SignOptions,
  signUrl,
  type Transfer,
  type TransferListener,
  type VerifyOptions,
  verifySignedUrl,
} from '@rangekit/range-handler'
export { type AppOptions, createApp, NOT_FOUND } from './app.ts'
export { mediaCors } from './cors.ts'
export {
  type StreamHandler,
  type StreamOptions,
  type StreamRouteOptions,
  streamHandler,
  streamRoutes,
} from './stream-routes.ts'

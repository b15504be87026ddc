export { type AppOptions, createApp } from './app.ts'
export { mediaCors } from './cors.ts'
export { type SignOptions, signUrl, type VerifyOptions, verifySignedUrl } from './signed-url.ts'
export {
  type StreamHandler,
  type StreamOptions,
  type StreamRouteOptions,
  streamHandler,
  streamRoutes,
} from './stream-routes.ts'

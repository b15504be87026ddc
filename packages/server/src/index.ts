export type { DoorOptions, FetchHandler } from './node/door/answer-at.ts'
export { toFastifyPlugin } from './node/door/to-fastify-plugin.ts'
export { toKoaMiddleware } from './node/door/to-koa-middleware.ts'
export { type NodeHandler, type NodeHandlerOptions, toNodeHandler } from './node/door/to-node-handler.ts'
export {
  type Client,
  DEFAULTS,
  type RunningServer,
  type ServeOptions,
  type TlsCredentials,
} from './options.ts'
export { serve } from './serve.ts'

// What the entries for Node, Bun and Deno export: it is the same server.
export {
  type Client,
  type RequestListener,
  type RunningServer,
  type ServedRequest,
  type ServeOptions,
  serve,
  type TlsCredentials,
} from '@rangekit/server'

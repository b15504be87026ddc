/**
 * Serves an app on Node.
 *
 * @module
 */
export {
  type Client,
  type RunningServer,
  type ServeOptions,
  serve,
  type TlsCredentials,
} from '@rangekit/server'

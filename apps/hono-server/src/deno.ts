/**
 * Serves an app on Deno, through its `node:http`. `Deno.serve` has no timeouts, and accepts bodies as streams only.
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

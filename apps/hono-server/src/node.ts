/**
 * Serves an app on Node.
 *
 * @module
 */
export { type RunningServer, type ServeOptions, serve } from '@rangekit/server'

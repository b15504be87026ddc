/** Serves an app on Node. */
export { type RunningServer, type ServeOptions, serve } from '@rangekit/server'

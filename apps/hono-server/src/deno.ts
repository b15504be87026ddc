/** Serves an app on Deno, through its `node:http`: `Deno.serve` has no time-outs and takes bodies as streams only. */
export { type RunningServer, type ServeOptions, serve } from '@rangekit/server'

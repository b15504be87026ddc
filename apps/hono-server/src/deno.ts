/** Serves an app on Deno, through its `node:http`: `Deno.serve` has no time-outs and takes bodies as streams only. */
export { serve } from './node.ts'
export type { RunningServer, ServeOptions } from './server.ts'

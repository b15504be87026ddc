import type { RunningServer, ServeOptions } from './server.ts'

/** Serves an app on whichever runtime this is. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const entry = 'Deno' in globalThis ? await import('./deno.ts') : await import('./node.ts')
  return entry.serve(options)
}

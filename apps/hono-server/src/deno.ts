/**
 * Serves an app on Deno, through its `node:http`. `Deno.serve` has no timeouts, and accepts bodies as streams only.
 *
 * @module
 */
export * from './serve.ts'

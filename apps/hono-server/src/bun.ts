/**
 * Serves an app on Bun, through its `node:http`. `Bun.serve` sends every stream chunked, without the Content-Length
 * that players and caches need, and leaves the connection open after a file was truncated.
 *
 * @module
 */
export * from './serve.ts'

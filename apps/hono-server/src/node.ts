/**
 * Serves an app on Node.
 *
 * @module
 */
export * from './serve.ts'

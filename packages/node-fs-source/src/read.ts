/**
 * Reads of open files that never block the thread for long, on Node, Bun and Deno.
 *
 * @module
 */
export { errorCode } from './error-code.ts'
export type { AdaptiveRead, Reader } from './read/adaptive-read.ts'
export { closeFile } from './read/close-file.ts'
export { openPlainFile, type PlainFile } from './read/plain-file.ts'
export { type ReadableFile, readInto } from './read/read-into.ts'

/**
 * A source around a source that serves siblings which are stored compressed.
 *
 * @module
 */
export type { ContentCoding } from './precompressed/accepted-codings.ts'
export { type PrecompressedOptions, precompressed } from './precompressed/precompressed-source.ts'

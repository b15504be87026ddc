/**
 * Bytes after which a client has proven that it reads: more than kernels buffer for one that does not. Until then
 * sources and servers hand over small pieces, because a stalled client holds one or two of them.
 */
export const READER_PROOF = 8 * 1024 * 1024

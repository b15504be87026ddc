import { OriginError, type RemoteFile } from '@rangekit/http-source'
import { batches } from './batches.ts'
import type { PartFile } from './part-file.ts'
import type { Span } from './spans.ts'

/** Large enough that a request more costs nothing, small enough that the last pieces keep all connections busy. */
const MAX_PIECE = 8 * 1024 * 1024
const MIN_PIECE = 1024 * 1024

/**
 * Fetches what is missing of a file, on several connections. The first failure ends the others.
 *
 * @param onBytes called with the number of bytes that were written.
 */
export async function fetchPieces(
  file: RemoteFile,
  part: PartFile,
  connections: number,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const share = Math.ceil((file.size - part.bytes) / connections)
  const pieces = part.missing(Math.min(MAX_PIECE, Math.max(MIN_PIECE, share)))
  const failing = new AbortController()
  const either = AbortSignal.any([failing.signal, signal])
  // All connections take from one iterator.
  const queue = pieces.values()
  const connection = async () => {
    try {
      for (const piece of queue) await fetchPiece(file, part, piece, either, onBytes)
    } catch (error) {
      failing.abort(error)
    }
  }
  await Promise.all(Array.from({ length: Math.min(connections, pieces.length) }, connection))
  either.throwIfAborted()
}

async function fetchPiece(
  file: RemoteFile,
  part: PartFile,
  [start, end]: Span,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  for (let position = start; position < end; ) {
    const from = position
    try {
      for await (const batch of batches(file.slice(position, end).stream({ signal }))) {
        await part.write(batch, position)
        position += batch.bytes
        onBytes(batch.bytes)
      }
    } catch (error) {
      // Reads of a version that only has a date are not resumed within one request.
      if (!(error instanceof OriginError && error.isTransient) || position === from) throw error
    }
  }
}

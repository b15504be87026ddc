import { mapLimit } from './map-limit.ts'
import type { OpenedFile } from './opened-file.ts'
import type { SliceBounds } from './slice-bounds.ts'

/** Requests of one call at a time. */
const MOST_REQUESTS = 6

/** Bytes to be read, and where they go. */
interface Wanted extends SliceBounds {
  readonly target: Uint8Array<ArrayBuffer>
}

/** Neighbours that one request reads. */
interface Span extends SliceBounds {
  readonly wanted: readonly Wanted[]
}

/**
 * Reads several ranges: those whose gap is at most `maxGap` in one request. The first failure ends the other requests.
 *
 * @returns the bytes of each, in the order of `ranges`, each in a buffer of its own.
 */
export async function gather(
  file: OpenedFile,
  ranges: readonly SliceBounds[],
  maxGap: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const wanted = ranges.map(({ start, end }) => ({ start, end, target: new Uint8Array(end - start) }))
  await mapLimit(spansOf(wanted, maxGap), MOST_REQUESTS, signal, (span, either) => fill(file, span, either))
  return wanted.map(({ target }) => target)
}

/** The requests for what is wanted: sorted, and never overlapping. */
function spansOf(wanted: readonly Wanted[], maxGap: number): Span[] {
  const spans: { start: number; end: number; wanted: Wanted[] }[] = []
  const ascending = wanted.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start)
  for (const each of ascending) {
    const span = spans.at(-1)
    if (span === undefined || each.start - span.end > maxGap) {
      spans.push({ start: each.start, end: each.end, wanted: [each] })
    } else {
      span.end = Math.max(span.end, each.end)
      span.wanted.push(each)
    }
  }
  return spans
}

/** Copies what arrives to where it is wanted; what lies in the gaps is dropped. */
async function fill(file: OpenedFile, span: Span, signal: AbortSignal): Promise<void> {
  let position = span.start
  // Those before `first` are full.
  let first = 0
  for await (const chunk of file.read(span, signal)) {
    const end = position + chunk.byteLength
    for (let index = first; index < span.wanted.length; index++) {
      const each = span.wanted[index]
      if (each === undefined || each.start >= end) break
      const from = Math.max(each.start, position)
      const to = Math.min(each.end, end)
      if (to > from) each.target.set(chunk.subarray(from - position, to - position), from - each.start)
      if (index === first && each.end <= end) first++
    }
    position = end
  }
}

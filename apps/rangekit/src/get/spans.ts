/** Bytes from `start` to before `end`. */
export type Span = readonly [start: number, end: number]

/** Adds a span to others that are sorted and do not touch, and keeps them so. */
export function addSpan(spans: readonly Span[], [start, end]: Span): Span[] {
  const before = spans.filter(([, other]) => other < start)
  const after = spans.filter(([other]) => other > end)
  const touched = spans.slice(before.length, spans.length - after.length)
  const first = touched[0]?.[0] ?? start
  const last = touched.at(-1)?.[1] ?? end
  return [...before, [Math.min(first, start), Math.max(last, end)], ...after]
}

/** What is not in `spans` of the bytes before `length`, in pieces of at most `pieceSize`. */
export function missingPieces(spans: readonly Span[], length: number, pieceSize: number): Span[] {
  const pieces: Span[] = []
  let position = 0
  for (const [start, end] of [...spans, [length, length] as const]) {
    for (; position < start; position += pieceSize) {
      pieces.push([position, Math.min(position + pieceSize, start)])
    }
    position = end
  }
  return pieces
}

/** Bytes in all of them. */
export function spanBytes(spans: readonly Span[]): number {
  return spans.reduce((sum, [start, end]) => sum + end - start, 0)
}

import type { Positions, TransferBegun, TransferProgress } from '../inspect/protocol.ts'

/** A transfer as far as the page has heard of it. */
export interface Seen {
  readonly begun: TransferBegun
  readonly progress: TransferProgress
  /** When it has last sent more, in milliseconds since it began. */
  readonly movedAt: number
}

/** A body that has not moved for this long waits for its reader, in milliseconds. */
export const PAUSE = 1000

/** Bytes of the body that were sent; 0 where the server cannot tell yet. */
export function sentBytes({ begun, progress: { bytesSent, outcome } }: Seen): number {
  return bytesSent ?? (outcome === 'complete' ? begun.length : 0)
}

/** The status that the client got. */
export function statusOf({ begun, progress }: Seen): number {
  return progress.status ?? begun.status
}

/** Whether it is under way, but its reader has stopped taking bytes. */
export function isPaused(seen: Seen): boolean {
  const { begun, progress, movedAt } = seen
  const sent = sentBytes(seen)
  return (
    progress.outcome === undefined && sent > 0 && sent < begun.length && progress.duration - movedAt >= PAUSE
  )
}

/** The stretches of the file that were sent. Between several ranges a body has the heads of its parts. */
export function sentRanges(seen: Seen): Positions[] {
  const { ranges, length } = seen.begun
  const inRanges = ranges.reduce((sum, [firstPos, lastPos]) => sum + lastPos - firstPos + 1, 0)
  const head = ranges.length > 1 ? (length - inRanges) / ranges.length : 0
  let left = sentBytes(seen)
  const sent: Positions[] = []
  for (const [firstPos, lastPos] of ranges) {
    left -= head
    if (left <= 0) break
    sent.push([firstPos, Math.min(lastPos, firstPos + Math.floor(left) - 1)])
    left -= lastPos - firstPos + 1
  }
  return sent
}

/** The first byte that it asked of the file; `undefined` where nothing of the file was planned. */
export function firstPosOf({ begun: { ranges } }: Seen): number | undefined {
  return ranges[0]?.[0]
}

/** The byte behind the last one that was sent in order. */
export function endOfSent(seen: Seen): number {
  const last = sentRanges(seen).at(-1)
  return last === undefined ? (firstPosOf(seen) ?? 0) : last[1] + 1
}

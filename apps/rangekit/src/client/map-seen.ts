import type { Positions, TransferBegun, TransferProgress } from '../inspect/protocol.ts'

/** A transfer, as last reported. */
export interface Seen {
  readonly begun: TransferBegun
  readonly progress: TransferProgress
  /** When it was last known to send more, in milliseconds since it began. */
  readonly movedAt: number
  /** The same on the clock of the page, `performance.now()`. */
  readonly heardAt: number
}

/** A body that has not moved for this long waits for its reader, in milliseconds. */
export const PAUSE = 1000

/** Bytes in the body; Infinity if it goes on until the file is complete, however long that will be. */
export function bodyLength({ begun }: Seen): number {
  return begun.length ?? Number.POSITIVE_INFINITY
}

/** Bytes of the body that were sent; 0 where the server cannot tell yet. */
export function sentBytes({ begun, progress: { bytesSent, outcome } }: Seen): number {
  return bytesSent ?? (outcome === 'complete' ? (begun.length ?? 0) : 0)
}

/** The status that the client got. */
export function statusOf({ begun, progress }: Seen): number {
  return progress.status ?? begun.status
}

/**
 * Whether it is under way, but its reader has stopped taking bytes.
 *
 * @param now `performance.now()`.
 */
export function isPaused(seen: Seen, now: number): boolean {
  const sent = sentBytes(seen)
  const isUnderWay = seen.progress.outcome === undefined && sent > 0 && sent < bodyLength(seen)
  return isUnderWay && now - seen.heardAt >= PAUSE
}

/**
 * The transfer after a further report.
 *
 * @param known `undefined` for the first one.
 */
export function update(
  known: Seen | undefined,
  begun: TransferBegun,
  progress: TransferProgress,
  now: number,
): Seen {
  const hasMoved = known === undefined || known.progress.bytesSent !== progress.bytesSent
  return {
    begun,
    progress,
    movedAt: hasMoved ? progress.duration : known.movedAt,
    heardAt: hasMoved ? now : known.heardAt,
  }
}

/** The stretches of the file that were sent. Between several ranges a body has the heads of its parts. */
export function sentRanges(seen: Seen): Positions[] {
  const { ranges } = seen.begun
  const inRanges = ranges.reduce((sum, [firstPos, lastPos]) => sum + lastPos - firstPos + 1, 0)
  const head = ranges.length > 1 ? (bodyLength(seen) - inRanges) / ranges.length : 0
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

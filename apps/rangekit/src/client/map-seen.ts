import type { Positions, TransferBegun, TransferProgress } from '../inspect/protocol.ts'

/** A transfer, as last reported. */
export interface Seen {
  readonly begun: TransferBegun
  readonly progress: TransferProgress
  /** When it was last known to send more, in milliseconds since it began. */
  readonly movedAt: number
  /** The same on the clock of the page, `performance.now()`. */
  readonly heardAt: number
  /** Whether it waited for the writer of the file when it ended. */
  readonly hasAwaited?: boolean
}

/** What is known besides the requests. */
export interface Scene {
  /** `performance.now()`. */
  readonly now: number
  /** How many bytes of the file are there, from the first one on; `undefined` if all of them are, or if it is unknown. */
  readonly frontier?: number | undefined
}

/** As the last position of a range: as far as the file will go. */
export const OPEN_END = Number.MAX_SAFE_INTEGER
/** A body that is at the end of what is there waits for more after this many milliseconds; before, it may just follow. */
export const LAG = 500

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

/** Whether it is under way, but what comes next of its body is not there yet: its writer is still at it. */
export function isAwaiting(seen: Seen, { now, frontier }: Scene): boolean {
  if (frontier === undefined || seen.progress.outcome !== undefined) return false
  const next = nextPos(seen)
  return next !== undefined && next >= frontier && (sentBytes(seen) === 0 || now - seen.heardAt >= LAG)
}

/** The position of the next byte of the file that is to be sent; `undefined` if there is none. */
export function nextPos(seen: Seen): number | undefined {
  const { ranges, length } = seen.begun
  const sent = sentRanges(seen)
  const [last, range] = [sent.at(-1), ranges[Math.max(0, sent.length - 1)]]
  if (range === undefined || length === 0) return undefined
  if (last === undefined) return range[0]
  return last[1] < range[1] ? last[1] + 1 : ranges[sent.length]?.[0]
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
  { now, frontier }: Scene,
): Seen {
  const hasMoved = known === undefined || known.progress.bytesSent !== progress.bytesSent
  return {
    begun,
    progress,
    movedAt: hasMoved ? progress.duration : known.movedAt,
    heardAt: hasMoved ? now : known.heardAt,
    ...(progress.outcome !== undefined && {
      hasAwaited: known !== undefined && isAwaiting(known, { now, frontier }),
    }),
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

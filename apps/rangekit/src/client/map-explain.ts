/** A request in one or two sentences that need no other knowledge. */
import { describeAsked, whoAsks } from './map-asked.ts'
import { formatBytes } from './map-format.ts'
import { firstPosOf, isPaused, PAUSE, type Seen, sentBytes, statusOf } from './map-seen.ts'

/** A request that begins this soon after another one's end is why that ended, in milliseconds. */
const RIGHT_AFTER = 1500

/**
 * Explains a request: what it asked for, what the answer was, how it went.
 *
 * @param all those of the same file, this one included, in the order of their beginning.
 */
export function explain(seen: Seen, all: readonly Seen[]): string {
  const index = all.indexOf(seen)
  const earlier = index < 0 ? all : all.slice(0, index)
  const later = index < 0 ? [] : all.slice(index + 1)
  return [describeAsked(seen, earlier), describeEnd(seen, later)].filter(Boolean).join(' ')
}

/** How the body went; empty where there is nothing to say. */
function describeEnd(seen: Seen, later: readonly Seen[]): string {
  const { begun, progress } = seen
  const who = whoAsks(begun)
  const Who = `${who.slice(0, 1).toUpperCase()}${who.slice(1)}`
  const sent = formatBytes(sentBytes(seen))
  const { outcome } = progress
  if (outcome === undefined) {
    if (begun.length === 0 || sentBytes(seen) === 0) return ''
    return isPaused(seen)
      ? `${Who} has stopped reading after ${sent} for now: it has buffered enough, and the rest waits.`
      : `${sent} sent so far.`
  }
  switch (outcome) {
    case 'complete':
      return begun.length > 0 && begun.method !== 'HEAD' ? `All ${formatBytes(begun.length)} were sent.` : ''
    case 'aborted': {
      if (asksElsewhere(seen, later)) return `${Who} stopped it after ${sent} to ask elsewhere.`
      if (progress.duration - seen.movedAt >= PAUSE) {
        return `${Who} stopped reading after ${sent} because it had buffered enough.`
      }
      return `${Who} closed the connection after ${sent}: it did not want the rest.`
    }
    case 'failed':
      if (statusOf(seen) >= 500) return ''
      return `The server could not go on after ${sent}: the file became shorter, or cannot be read any more. It closed the connection, so that nobody takes this for the whole.`
  }
}

/** Whether the same client asked for another place when it left this one. */
function asksElsewhere({ begun, progress }: Seen, later: readonly Seen[]): boolean {
  const endedAt = begun.startedAt + progress.duration
  return later.some(
    (next) =>
      firstPosOf(next) !== undefined &&
      next.begun.fields['User-Agent'] === begun.fields['User-Agent'] &&
      Math.abs(next.begun.startedAt - endedAt) <= RIGHT_AFTER,
  )
}

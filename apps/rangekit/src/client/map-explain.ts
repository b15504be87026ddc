/** A request in one or two sentences for readers who know nothing of HTTP. */
import { describeAsked } from './map-asked.ts'
import { formatBytes, formatCount } from './map-format.ts'
import {
  endOfSent,
  firstPosOf,
  isAwaiting,
  isPaused,
  nextPos,
  PAUSE,
  type Scene,
  type Seen,
  sentBytes,
  statusOf,
} from './map-seen.ts'
import { capital, isPlaying, whoAsks } from './map-words.ts'

/** A request that begins this soon after another one's end is why that ended, in milliseconds. */
const RIGHT_AFTER = 500
/**
 * The same for a player that asks for another place: a browser on a busy machine takes its time, and one that had enough
 * would not be back so soon.
 */
const SOON = 5000

/**
 * Explains a request: what it asked for, what the answer was, how it went.
 *
 * @param all those of the same file, this one included, in the order of their beginning.
 */
export function explain(seen: Seen, all: readonly Seen[], scene: Scene): string {
  const index = all.indexOf(seen)
  const earlier = index < 0 ? all : all.slice(0, index)
  const later = index < 0 ? [] : all.slice(index + 1)
  return [describeAsked(seen, earlier), describeEnd(seen, later, scene)].filter(Boolean).join(' ')
}

/** How the body went; empty where there is nothing to say. */
function describeEnd(seen: Seen, later: readonly Seen[], scene: Scene): string {
  const { begun, progress } = seen
  const who = whoAsks(begun)
  const Who = capital(who)
  const sent = formatBytes(sentBytes(seen))
  const { outcome } = progress
  if (outcome === undefined) {
    if (isAwaiting(seen, scene)) {
      return sentBytes(seen) === 0
        ? `It waits for the writer: byte ${formatCount(nextPos(seen) ?? 0)} is not there yet.`
        : `It waits for the writer: ${sent} were sent, which is all that is there.`
    }
    if (begun.length === 0 || sentBytes(seen) === 0) return ''
    return isPaused(seen, scene.now)
      ? `${Who} has stopped reading after ${sent} for now: it has buffered enough, and the rest waits.`
      : `${sent} sent so far.`
  }
  switch (outcome) {
    case 'complete':
      return begun.length !== 0 && begun.method !== 'HEAD' ? `All ${sent} were sent.` : ''
    case 'aborted': {
      // It says so already.
      if (statusOf(seen) === 499) return ''
      const next = nextOf(seen, later)
      if (next !== undefined) {
        return `${Who} stopped it after ${sent} to ask ${whereTo(seen, next)}.`
      }
      if (sentBytes(seen) === 0) return `${Who} closed the connection before a byte came.`
      if (seen.hasAwaited)
        return `${Who} closed the connection after ${sent}, while it waited for the writer.`
      if (progress.duration - seen.movedAt >= PAUSE) {
        return `${Who} stopped reading after ${sent} because it had buffered enough.`
      }
      return isPlaying(begun)
        ? `${Who} closed the connection after ${sent}: it had enough for now.`
        : `${Who} closed the connection after ${sent}.`
    }
    case 'failed':
      if (statusOf(seen) >= 500) return ''
      if (seen.hasAwaited) {
        return `The server could not go on after ${sent}: nothing more was written for too long, or the writer gave up. It closed the connection, so that the part is not taken for the whole.`
      }
      return `The server could not go on after ${sent}: the file became shorter, or can no longer be read. It closed the connection, so that the part is not taken for the whole.`
  }
}

function whereTo(seen: Seen, next: Seen): string {
  const from = firstPosOf(seen) ?? 0
  const to = firstPosOf(next) ?? 0
  if (to === from) return 'again'
  return to > from && to <= endOfSent(seen) ? `again from byte ${formatCount(to)}` : 'elsewhere'
}

/** What the same client asked for when it left this one. */
function nextOf(seen: Seen, later: readonly Seen[]): Seen | undefined {
  const { begun, progress } = seen
  const endedAt = begun.startedAt + progress.duration
  return later.find((next) => {
    if (firstPosOf(next) === undefined) return false
    if (next.begun.fields['User-Agent'] !== begun.fields['User-Agent']) return false
    const isElsewhere = isPlaying(begun) && isPlaying(next.begun) && firstPosOf(next) !== endOfSent(seen)
    const after = next.begun.startedAt - endedAt
    return after >= -RIGHT_AFTER && after <= (isElsewhere ? SOON : RIGHT_AFTER)
  })
}

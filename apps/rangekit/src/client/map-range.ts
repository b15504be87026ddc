/** What a range of a file is about: its start, its end, a jump, or where something went on. */
import type { TransferBegun } from '../inspect/protocol.ts'
import { formatBytes, formatCount, formatShare } from './map-format.ts'
import { endOfSent, firstPosOf, OPEN_END, type Seen, statusOf } from './map-seen.ts'
import { indexName, isPlaying, whatItIs, whoAsks } from './map-words.ts'

/** Up to this many bytes from the start, a range is a question rather than a read. */
const PROBE = 1024
/**
 * A range that begins this little before the end of what was sent goes on there. Of a request that was stopped, buffers
 * on the way held more than the client has read.
 */
const OVERLAP = { complete: 64 * 1024, stopped: 8 * 1024 * 1024 } as const

/** A single range of the Range field, or the number of ranges. */
export function askedOf({ fields }: TransferBegun): {
  first?: number
  last?: number
  suffix?: number
  count: number
} {
  const sets = (fields['Range'] ?? '').replace(/^[^=]*=/, '').split(',')
  const [, first, last] = /^\s*(\d*)-(\d*)\s*$/.exec(sets[0] ?? '') ?? []
  const count = sets.filter((set) => set.trim() !== '').length
  if (first === undefined || last === undefined) return { count }
  if (first === '') return { count, suffix: Number(last) }
  return { count, first: Number(first), ...(last !== '' && { last: Number(last) }) }
}

/** The parts of a 206, in words. */
export function describeRanges(seen: Seen, earlier: readonly Seen[]): string {
  const { begun } = seen
  const held = 'If-Range' in begun.fields ? ' If-Range: still the same version.' : ''
  const { count } = askedOf(begun)
  if (count === 1) return `${describeRange(seen, earlier)}${held}`
  const parts = begun.ranges.length
  if (parts === 1) return `${count} ranges in one request; they touch, so one part covers them all.${held}`
  return `${count} ranges in one request: ${parts} parts in one body, each with its own Content-Range.${held}`
}

function describeRange(seen: Seen, earlier: readonly Seen[]): string {
  const { begun } = seen
  const who = whoAsks(begun)
  const thing = whatItIs(begun)
  const [first = 0, end = 0] = begun.ranges[0] ?? []
  const { completeLength } = begun
  const length = completeLength ?? Number.POSITIVE_INFINITY
  const size = formatBytes(end - first + 1)
  const { suffix, last } = askedOf(begun)
  const at = `byte ${formatCount(first)}`
  if (end === OPEN_END) {
    const start = first === 0 ? 'the start' : at
    return `From ${start} for as long as the ${thing} is written: its final length is not known yet.`
  }
  if (suffix !== undefined) return `The last ${size}, wherever that begins: here at ${at}.`
  if (first === 0 && end < PROBE && end < length - 1) {
    const known = completeLength === undefined ? 'still unknown' : formatBytes(completeLength)
    return `A probe of ${size}: ${who} checks whether ranges work here, and how long the ${thing} is (${known}).`
  }
  if (first === 0) {
    return end === length - 1 ? `The whole ${thing} from the start.` : `The first ${size} of the ${thing}.`
  }
  const before = earlier.filter((other) => firstPosOf(other) !== undefined && statusOf(other) === 206)
  if (looksForIndex(begun, first, length, before)) {
    return `The end first, from ${at}: ${who} wants the index (${indexName(begun)}), which says where each moment is.`
  }
  const resumed = before.findLast((other) => isResumed(first, other))
  const place = completeLength === undefined ? at : `${formatShare(first, length)} of the ${thing} (${at})`
  const extent = last === undefined || last >= length - 1 ? 'from there to the end' : `${size} from there`
  const latest = before.at(-1)
  if (latest !== undefined && firstPosOf(latest) === first) {
    return `The same place again, at ${place}: ${extent}.`
  }
  if (resumed?.progress.outcome === 'complete') return `The next part: ${size} from ${at}.`
  const isPast = (other: Seen) => first >= (firstPosOf(other) ?? 0) && first < endOfSent(other)
  if (isPlaying(begun) && [latest, resumed].some((other) => other !== undefined && isPast(other))) {
    // Firefox also asks so when it plays on after a pause: it closes the connection and drops what is on the way.
    return `Starts again at ${place}: ${extent}. This was sent before, but ${who} did not keep it: it jumped, or went on after a pause.`
  }
  if (resumed !== undefined) {
    const risk =
      'If-Range' in begun.fields
        ? ''
        : ' Without If-Range, it would not notice that the file had changed in between.'
    return `Resumes at ${place}, where an earlier request stopped.${risk}`
  }
  if (latest === undefined) return `Begins at ${place}: ${extent}.`
  return `A jump${directionOf(first, latest)} to ${place}: ${extent}.`
}

/** Whether a request resumes where an earlier one stopped. */
function isResumed(first: number, other: Seen): boolean {
  const overlap = OVERLAP[other.progress.outcome === 'complete' ? 'complete' : 'stopped']
  const end = endOfSent(other)
  return first > (firstPosOf(other) ?? 0) && first <= end && end - first < overlap
}

/** Within what was sent, only the client knows how far it has read. */
function directionOf(first: number, latest: Seen): string {
  if (first >= endOfSent(latest)) return ' forward,'
  return first < (firstPosOf(latest) ?? 0) ? ' back,' : ''
}

/** The last part of a film, asked for before anything but its start. */
function looksForIndex(
  begun: TransferBegun,
  first: number,
  length: number,
  before: readonly Seen[],
): boolean {
  if (!/^(?:video|audio)\//.test(begun.answer['Content-Type'] ?? '')) return false
  const isNearEnd = Number.isFinite(length) && length - first <= Math.max(length / 20, 64 * 1024)
  return isNearEnd && before.length <= 2 && before.every((other) => firstPosOf(other) === 0)
}

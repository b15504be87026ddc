/** What a request asked for, in plain words. */
import type { TransferBegun } from '../inspect/protocol.ts'
import { formatBytes, formatCount, formatShare } from './map-format.ts'
import { endOfSent, firstPosOf, type Seen, statusOf } from './map-seen.ts'

/** Up to this many bytes from the start, a range is a question rather than a read. */
const PROBE = 1024
/**
 * A range that begins this little before the end of what was sent goes on there. Of a request that was stopped, buffers
 * on the way held more than the client has read.
 */
const OVERLAP = { complete: 64 * 1024, stopped: 8 * 1024 * 1024 } as const

/** Who asks, as the subject of a sentence. */
export function whoAsks({ fields }: TransferBegun): string {
  const agent = fields['User-Agent'] ?? ''
  if ('Sec-Fetch-Dest' in fields || agent.startsWith('Mozilla/')) return 'the browser'
  const [, name] = /^(curl|wget|aria2|vlc|mpv|libmpv|lavf|rclone|ffmpeg)\b/i.exec(agent) ?? []
  if (name === undefined) return 'the client'
  return /^lavf$/i.test(name) ? 'FFmpeg' : name
}

/** What the file is, as in "the whole film". */
export function whatItIs({ answer }: TransferBegun): string {
  const [kind = ''] = (answer['Content-Type'] ?? '').split('/')
  return { video: 'film', audio: 'recording', image: 'picture' }[kind] ?? 'file'
}

/** What was asked, and what the server answered. */
export function describeAsked(seen: Seen, earlier: readonly Seen[]): string {
  const { begun } = seen
  const who = whoAsks(begun)
  const thing = whatItIs(begun)
  const status = statusOf(seen)
  if (begun.method === 'OPTIONS')
    return 'A question before the real one: may a page of another site read this?'
  switch (status) {
    case 304: {
      const field = 'If-None-Match' in begun.fields ? 'If-None-Match' : 'If-Modified-Since'
      return `Nothing had to be sent: ${who} has this very version already, as ${field} says.`
    }
    case 412:
      return 'If-Match' in begun.fields
        ? `Refused: ${who} wanted one version and no other (If-Match), and the ${thing} is another one now.`
        : `Refused: ${who} wanted it only if it was unchanged (If-Unmodified-Since), and it has changed.`
    case 416:
      return describeUnsatisfiable(begun)
    case 404:
      return 'There is no such file, or not any more.'
    case 405:
      return `Files can only be read here: ${begun.method} is not possible.`
    case 500:
      return 'The server could not read the file.'
    case 503:
      return 'The server has too much open at the moment. Asking again later helps.'
  }
  if (begun.method === 'HEAD') {
    const aside = 'Range' in begun.fields ? ' Range counts for GET only.' : ''
    return `Only the fields, not a byte of the ${thing}: its length, its version, whether ranges work.${aside}`
  }
  if (status === 206) return describeRanges(seen, earlier)
  return 'Range' in begun.fields ? describeIgnored(begun) : `The whole ${thing}: no range was asked.`
}

/** A single range of the Range field, or the number of ranges. */
function askedOf({ fields }: TransferBegun): {
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

function describeUnsatisfiable(begun: TransferBegun): string {
  const length = Number(/\/(\d+)$/.exec(begun.answer['Content-Range'] ?? '')?.[1] ?? begun.completeLength)
  const { first, count } = askedOf(begun)
  const asked =
    count > 1 || first === undefined
      ? 'what it asked for'
      : `byte ${formatCount(first)}, where it wanted to begin,`
  const has = Number.isFinite(length) ? `: the ${whatItIs(begun)} has ${formatCount(length)} bytes` : ''
  return `Not possible: ${asked} is beyond the end${has}. The answer says so, and ${whoAsks(begun)} can ask again.`
}

/** A Range field that was answered with everything. */
function describeIgnored(begun: TransferBegun): string {
  const thing = whatItIs(begun)
  const condition = begun.fields['If-Range']
  if (condition?.startsWith('W/')) {
    return `The whole ${thing}: its condition, If-Range, has a weak tag (W/), which does not prove that parts fit together.`
  }
  if (condition !== undefined) {
    return `The ${thing} has changed: the range was wanted only of the version in If-Range, so the whole new ${thing} is sent, not a part that would not fit.`
  }
  if (!/^bytes=/i.test(begun.fields['Range'] ?? '')) {
    return `The whole ${thing}: the range is not in bytes, and a server ignores units that it does not know.`
  }
  return `The whole ${thing}: the server ignores a Range that is malformed or asks for too many parts.`
}

function describeRanges(seen: Seen, earlier: readonly Seen[]): string {
  const { begun } = seen
  const held = 'If-Range' in begun.fields ? ' If-Range: still the same version.' : ''
  const { count } = askedOf(begun)
  if (count === 1) return `${describeRange(seen, earlier)}${held}`
  const parts = begun.ranges.length
  if (parts === 1) return `${count} ranges in one request; they touch, so one part answers them all.${held}`
  return `${count} ranges in one request: ${parts} parts in one body, each with a line that says where it belongs.${held}`
}

function describeRange(seen: Seen, earlier: readonly Seen[]): string {
  const { begun } = seen
  const who = whoAsks(begun)
  const thing = whatItIs(begun)
  const [first = 0, end = 0] = begun.ranges[0] ?? []
  const length = begun.completeLength ?? end + 1
  const size = formatBytes(end - first + 1)
  const { suffix, last } = askedOf(begun)
  const at = `byte ${formatCount(first)}`
  if (suffix !== undefined) return `The last ${size}, wherever they begin: here at ${at}.`
  if (first === 0 && end < PROBE && end < length - 1) {
    return `A probe of ${size}: ${who} looks whether ranges work here, and how long the ${thing} is (${formatBytes(length)}).`
  }
  if (first === 0) {
    return end === length - 1 ? `The whole ${thing} from the start.` : `The first ${size} of the ${thing}.`
  }
  const before = earlier.filter((other) => firstPosOf(other) !== undefined && statusOf(other) === 206)
  if (looksForIndex(begun, first, length, before)) {
    return `The end first, from ${at}: ${who} looks for the index (${indexName(begun)}), which says where each moment is.`
  }
  const resumed = before.findLast((other) => isResumed(first, other))
  const place = `${formatShare(first, length)} of the ${thing} (${at})`
  const extent = last === undefined || last >= length - 1 ? 'from there to the end' : `${size} from there`
  const latest = before.at(-1)
  if (latest !== undefined && firstPosOf(latest) === first) {
    return `The same place again, at ${place}: ${extent}.`
  }
  if (resumed?.progress.outcome === 'complete') return `The next part: ${size} from ${at}.`
  if (resumed !== undefined) {
    const risk =
      'If-Range' in begun.fields
        ? ''
        : ' Without If-Range it would not notice if the file had changed in between.'
    return `Goes on at ${place}, up to which an earlier request had come.${risk}`
  }
  if (latest === undefined) return `Begins at ${place}: ${extent}.`
  return `A jump${directionOf(first, latest)} to ${place}: ${extent}.`
}

/** Whether a request goes on where an earlier one had come to. */
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
  const isNearEnd = length - first <= Math.max(length / 20, 64 * 1024)
  return isNearEnd && before.length <= 2 && before.every((other) => firstPosOf(other) === 0)
}

function indexName({ answer }: TransferBegun): string {
  const type = answer['Content-Type'] ?? ''
  if (/mp4|quicktime|m4a|m4v/.test(type)) return 'moov'
  return /matroska|webm/.test(type) ? 'cues' : 'or tags'
}

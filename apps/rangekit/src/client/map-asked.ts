/** What a request asked for, in plain words. */
import type { TransferBegun } from '../inspect/protocol.ts'
import { formatCount } from './map-format.ts'
import { askedOf, describeRanges } from './map-range.ts'
import { type Seen, statusOf } from './map-seen.ts'
import { capital, whatItIs, whoAsks } from './map-words.ts'

/** The request and the response. */
export function describeAsked(seen: Seen, earlier: readonly Seen[]): string {
  const { begun } = seen
  const who = whoAsks(begun)
  const thing = whatItIs(begun)
  const status = statusOf(seen)
  if (begun.method === 'OPTIONS') return 'A preflight: it asks whether a page of another site may read this.'
  switch (status) {
    case 304: {
      const field = 'If-None-Match' in begun.fields ? 'If-None-Match' : 'If-Modified-Since'
      return `Nothing to send: ${who} already has this version (${field}).`
    }
    case 412:
      return 'If-Match' in begun.fields
        ? `Refused: ${who} wanted one version only (If-Match), and the ${thing} has changed since.`
        : `Refused: ${who} wanted it only if it was unchanged (If-Unmodified-Since), and it has changed.`
    case 416:
      return describeUnsatisfiable(begun)
    case 403:
      return 'Refused: the link is not signed, or it has expired.'
    case 404:
      return 'There is no such file, or it is gone.'
    case 405:
      return `Files are read-only here: ${begun.method} is not allowed.`
    case 499:
      return `${capital(who)} left before there was an answer.`
    case 500:
      return 'The server could not read the file.'
    case 503:
      return 'The server is busy. Trying again later helps.'
  }
  if (begun.method === 'HEAD') {
    const aside = 'Range' in begun.fields ? ' Range applies to GET only.' : ''
    return `Only the headers, no bytes of the ${thing}: its length, its version, whether ranges work.${aside}`
  }
  if (status === 206) return describeRanges(seen, earlier)
  return 'Range' in begun.fields ? describeIgnored(begun) : `The whole ${thing}: no range was requested.`
}

function describeUnsatisfiable(begun: TransferBegun): string {
  const length = Number(/\/(\d+)$/.exec(begun.answer['Content-Range'] ?? '')?.[1] ?? begun.completeLength)
  const { first, count } = askedOf(begun)
  const asked =
    count > 1 || first === undefined
      ? 'what it asked for'
      : `byte ${formatCount(first)}, where it wanted to begin,`
  const has = Number.isFinite(length) ? `: the ${whatItIs(begun)} has ${formatCount(length)} bytes` : ''
  return `Not possible: ${asked} is beyond the end${has}. The response gives the length, so ${whoAsks(begun)} can ask again.`
}

/** A Range field that was answered with everything. */
function describeIgnored(begun: TransferBegun): string {
  const thing = whatItIs(begun)
  const condition = begun.fields['If-Range']
  if (condition?.startsWith('W/')) {
    return `The whole ${thing}: If-Range has a weak tag (W/), which does not prove that parts fit together.`
  }
  if (condition !== undefined) {
    return `The ${thing} has changed: the range was for the version in If-Range, so all of the new ${thing} is sent rather than a part that would not fit.`
  }
  if (!/^bytes=/i.test(begun.fields['Range'] ?? '')) {
    return `The whole ${thing}: the range is not in bytes, and servers ignore units that they do not know.`
  }
  return `The whole ${thing}: the server ignores a Range that is malformed or asks for too many parts.`
}

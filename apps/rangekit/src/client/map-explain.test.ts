import { describe, expect, it } from 'vitest'
import type { TransferBegun, TransferProgress } from '../inspect/protocol.ts'
import { explain } from './map-explain.ts'
import { OPEN_END, type Seen } from './map-seen.ts'

const MB = 1_000_000
const FILM = 60 * MB
const BROWSER = { 'User-Agent': 'Mozilla/5.0', 'Sec-Fetch-Dest': 'video' }
const NOW = 100_000
const NOT_KEPT = 'This was sent before, but the browser did not keep it: it jumped, or went on after a pause.'

interface Given {
  readonly method?: string
  readonly status?: number
  readonly fields?: Readonly<Record<string, string>>
  readonly answer?: Readonly<Record<string, string>>
  readonly ranges?: TransferBegun['ranges']
  readonly length?: number
  readonly at?: number
  readonly sent?: number
  readonly lasts?: number
  readonly outcome?: TransferProgress['outcome']
  readonly final?: number
  /** Milliseconds for which nothing has moved. */
  readonly still?: number
  /** Whether it waited for the writer at its end. */
  readonly awaited?: boolean
  /** Default: that of the film. */
  readonly completeLength?: undefined
}

let count = 0

/** A request of a browser that plays a film of 60 MB. Default of each property: as such a browser has it. */
function seen(given: Given): Seen {
  const { ranges = [], lasts = 100, still = 0, sent } = given
  const inRanges = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  count++
  const id = String(count)
  return {
    begun: {
      id,
      key: 'film.mp4',
      method: given.method ?? 'GET',
      status: given.status ?? 206,
      fields: given.fields ?? BROWSER,
      answer: { 'Content-Type': 'video/mp4', ...given.answer },
      ranges,
      length: given.length ?? inRanges,
      ...('completeLength' in given ? {} : { completeLength: FILM }),
      startedAt: given.at ?? 0,
    },
    progress: {
      id,
      duration: lasts,
      ...(sent !== undefined && { bytesSent: sent }),
      ...(given.outcome !== undefined && { outcome: given.outcome }),
      ...(given.final !== undefined && { status: given.final }),
    },
    movedAt: lasts - still,
    heardAt: NOW - still,
    ...(given.awaited && { hasAwaited: true }),
  }
}

/** A request with a Range field, and the one range of its answer. */
function ranged(range: string, first: number, last: number, given: Given = {}): Seen {
  const outcome =
    given.outcome === undefined && given.sent === undefined ? { outcome: 'complete' as const } : {}
  return seen({
    ...outcome,
    ...given,
    fields: { ...BROWSER, Range: range, ...given.fields },
    ranges: [[first, last]],
  })
}

const whole = (given: Given = {}) => ranged('bytes=0-', 0, FILM - 1, given)
const cutAt = (sent: number, given: Given = {}) => whole({ sent, outcome: 'aborted', ...given })

describe('a range', () => {
  it.each([
    ['from the start', whole(), [], 'The whole film from the start. All 60 MB were sent.'],
    [
      'a beginning',
      ranged('bytes=0-999999', 0, MB - 1),
      [],
      'The first 1.0 MB of the film. All 1.0 MB were sent.',
    ],
    [
      'a probe',
      ranged('bytes=0-1', 0, 1),
      [],
      'A probe of 2 bytes: the browser checks whether ranges work here, and how long the film is (60 MB). All 2 bytes were sent.',
    ],
    [
      'a suffix',
      ranged('bytes=-500', FILM - 500, FILM - 1),
      [],
      'The last 500 bytes, wherever that begins: here at byte 59,999,500. All 500 bytes were sent.',
    ],
    [
      'the index at the end',
      ranged('bytes=59900000-', 59_900_000, FILM - 1),
      [cutAt(300_000)],
      'The end first, from byte 59,900,000: the browser wants the index (moov), which says where each moment is. All 100 kB were sent.',
    ],
    [
      'a jump forward',
      ranged('bytes=30000000-', 30 * MB, FILM - 1, { sent: 0 }),
      [cutAt(3 * MB)],
      'A jump forward, to 50% of the film (byte 30,000,000): from there to the end.',
    ],
    [
      'a jump back',
      ranged('bytes=6000000-8999999', 6 * MB, 9 * MB - 1, { sent: 0 }),
      [ranged('bytes=30000000-', 30 * MB, FILM - 1, { sent: MB, outcome: 'aborted' })],
      'A jump back, to 10% of the film (byte 6,000,000): 3.0 MB from there.',
    ],
    [
      'a jump within what was sent, or the end of a pause',
      ranged('bytes=30000000-', 30 * MB, FILM - 1, { sent: 0 }),
      [whole()],
      `Starts again at 50% of the film (byte 30,000,000): from there to the end. ${NOT_KEPT}`,
    ],
    [
      'the same of a request that was stopped',
      ranged('bytes=3000000-', 3 * MB, FILM - 1, { sent: 0 }),
      [cutAt(4 * MB)],
      `Starts again at 5% of the film (byte 3,000,000): from there to the end. ${NOT_KEPT}`,
    ],
    [
      'a range within what was sent to something that does not play',
      ranged('bytes=30000000-', 30 * MB, FILM - 1, { sent: 0, fields: { 'Sec-Fetch-Dest': 'empty' } }),
      [whole()],
      'A jump to 50% of the film (byte 30,000,000): from there to the end.',
    ],
    [
      'the same place again',
      ranged('bytes=30000000-', 30 * MB, FILM - 1, { sent: 0 }),
      [ranged('bytes=30000000-', 30 * MB, FILM - 1, { sent: 66_000, outcome: 'aborted' })],
      'The same place again, at 50% of the film (byte 30,000,000): from there to the end.',
    ],
    [
      'no request before',
      ranged('bytes=30000000-', 30 * MB, FILM - 1, { sent: 0 }),
      [],
      'Begins at 50% of the film (byte 30,000,000): from there to the end.',
    ],
    [
      'the next part',
      ranged('bytes=1000000-1999999', MB, 2 * MB - 1),
      [ranged('bytes=0-999999', 0, MB - 1)],
      'The next part: 1.0 MB from byte 1,000,000. All 1.0 MB were sent.',
    ],
    [
      'resumed without If-Range',
      ranged('bytes=3000000-', 3 * MB, FILM - 1, { sent: 0 }),
      [cutAt(3 * MB)],
      'Resumes at 5% of the film (byte 3,000,000), where an earlier request stopped. Without If-Range, it would not notice that the file had changed in between.',
    ],
    [
      'resumed with If-Range, a little before the end of what was sent',
      ranged('bytes=3000000-', 3 * MB, FILM - 1, {
        sent: 0,
        fields: { 'If-Range': '"1"', 'Sec-Fetch-Dest': 'empty' },
      }),
      [cutAt(3_200_000)],
      'Resumes at 5% of the film (byte 3,000,000), where an earlier request stopped. If-Range: still the same version.',
    ],
  ])('%s', (_, asked, before, expected) => {
    expect(explain(asked, [...before, asked], { now: NOW })).toBe(expected)
  })

  it.each([
    [
      'parts',
      [
        [0, 9],
        [50, 59],
      ] as const,
      '2 ranges in one request: 2 parts in one body, each with its own Content-Range.',
    ],
    ['merged', [[0, 59]] as const, '2 ranges in one request; they touch, so one part covers them all.'],
  ])('several: %s', (_, ranges, expected) => {
    const asked = seen({ fields: { ...BROWSER, Range: 'bytes=0-9,50-59' }, ranges, sent: 0 })
    expect(explain(asked, [asked], { now: NOW })).toBe(expected)
  })
})

describe('how it went', () => {
  it.each([
    ['so far', whole({ sent: 3_200_000 }), '3.2 MB sent so far.'],
    [
      'waiting',
      whole({ sent: 3_200_000, still: 2000 }),
      'The browser has stopped reading after 3.2 MB for now: it has buffered enough, and the rest waits.',
    ],
    [
      'enough buffered',
      cutAt(3_200_000, { lasts: 9000, still: 8000 }),
      'The browser stopped reading after 3.2 MB because it had buffered enough.',
    ],
    ['aborted', cutAt(3_200_000), 'The browser closed the connection after 3.2 MB: it had enough for now.'],
    ['aborted at once', cutAt(0), 'The browser closed the connection before a byte came.'],
    [
      'aborted by another client',
      cutAt(3_200_000, { fields: { 'User-Agent': 'curl/8.0', 'Sec-Fetch-Dest': '' } }),
      'The browser closed the connection after 3.2 MB.',
    ],
    [
      'failed',
      whole({ sent: 3_200_000, outcome: 'failed' }),
      'The server could not go on after 3.2 MB: the file became shorter, or can no longer be read. It closed the connection, so that the part is not taken for the whole.',
    ],
  ])('%s', (_, asked, expected) => {
    expect(explain(asked, [asked], { now: NOW })).toBe(`The whole film from the start. ${expected}`)
  })

  it.each([
    ['elsewhere', ranged('bytes=30000000-', 30 * MB, FILM - 1, { at: 150 })],
    ['again', whole({ at: 150 })],
    ['again from byte 3,000,000', ranged('bytes=3000000-', 3 * MB, FILM - 1, { at: 150 })],
  ])('stopped to ask %s', (where, next) => {
    const asked = cutAt(3_200_000)
    expect(explain(asked, [asked, next], { now: NOW })).toBe(
      `The whole film from the start. The browser stopped it after 3.2 MB to ask ${where}.`,
    )
  })

  it('stopped to ask elsewhere, by a browser on a busy machine that took seconds to ask', () => {
    const asked = cutAt(3_200_000)
    const late = ranged('bytes=3000000-', 3 * MB, FILM - 1, { at: 4900 })
    expect(explain(asked, [asked, late], { now: NOW })).toContain('to ask again from byte 3,000,000.')
  })

  it.each([
    ['long after that', whole({ at: 5200 })],
    ['going on where it ended', ranged('bytes=3200000-', 3_200_000, FILM - 1, { at: 2000 })],
    [
      'by what does not play',
      whole({ at: 2000, fields: { 'User-Agent': 'Mozilla/5.0', 'Sec-Fetch-Dest': '' } }),
    ],
  ])('stopped, and the next request came %s', (_, next) => {
    const asked = cutAt(3_200_000)
    expect(explain(asked, [asked, next], { now: NOW })).toContain('enough for now')
  })
})

describe('a file that is still being written', () => {
  it.each([
    [
      'ahead of it',
      ranged('bytes=30000000-', 30 * MB, FILM - 1, { sent: 0 }),
      'It waits for the writer: byte 30,000,000 is not there yet.',
    ],
    [
      'at its end',
      whole({ sent: 10 * MB, still: 600 }),
      'It waits for the writer: 10 MB were sent, which is all that is there.',
    ],
    ['behind it', whole({ sent: 5 * MB }), '5.0 MB sent so far.'],
  ])('%s', (_, asked, expected) => {
    expect(explain(asked, [asked], { now: NOW, frontier: 10 * MB })).toContain(expected)
  })

  it.each([
    ['aborted', 'The browser closed the connection after 3.2 MB, while it waited for the writer.'],
    [
      'failed',
      'The server could not go on after 3.2 MB: nothing more was written for too long, or the writer gave up.',
    ],
  ] as const)('%s while it waited', (outcome, expected) => {
    const asked = whole({ sent: 3_200_000, outcome, awaited: true })
    expect(explain(asked, [asked], { now: NOW })).toContain(expected)
  })

  it.each([
    [
      'bytes=0-',
      0,
      OPEN_END,
      'From the start for as long as the film is written: its final length is not known yet.',
    ],
    [
      'bytes=5000-',
      5000,
      OPEN_END,
      'From byte 5,000 for as long as the film is written: its final length is not known yet.',
    ],
    [
      'bytes=0-1',
      0,
      1,
      'A probe of 2 bytes: the browser checks whether ranges work here, and how long the film is (still unknown).',
    ],
    ['bytes=5000-5999', 5000, 5999, 'Begins at byte 5,000: 1.0 kB from there.'],
  ])('whose final length is unknown: %s', (range, first, last, expected) => {
    const asked = ranged(range, first, last, { sent: 0, completeLength: undefined })
    expect(explain(asked, [asked], { now: NOW })).toBe(expected)
  })
})

describe('everything else', () => {
  const curl = { 'User-Agent': 'curl/8.0' }
  it.each([
    [
      'no range',
      { status: 200, length: FILM, ranges: [[0, FILM - 1] as const], outcome: 'complete' as const },
      'The whole film: no range was requested. All 60 MB were sent.',
    ],
    [
      'another version, by If-Range',
      { status: 200, fields: { ...curl, Range: 'bytes=5-', 'If-Range': '"old"' } },
      'The film has changed: the range was for the version in If-Range, so all of the new film is sent rather than a part that would not fit.',
    ],
    [
      'a weak tag in If-Range',
      { status: 200, fields: { ...curl, Range: 'bytes=5-', 'If-Range': 'W/"1"' } },
      'The whole film: If-Range has a weak tag (W/), which does not prove that parts fit together.',
    ],
    [
      'another unit',
      { status: 200, fields: { ...curl, Range: 'seconds=5-' } },
      'The whole film: the range is not in bytes, and servers ignore units that they do not know.',
    ],
    [
      'a malformed range',
      { status: 200, fields: { ...curl, Range: 'bytes=9-5' } },
      'The whole film: the server ignores a Range that is malformed or asks for too many parts.',
    ],
    [
      'a 304 by tag',
      { status: 304, fields: { ...BROWSER, 'If-None-Match': '"1"' }, outcome: 'complete' as const },
      'Nothing to send: the browser already has this version (If-None-Match).',
    ],
    [
      'a 304 by date',
      { status: 304, fields: { ...curl, 'If-Modified-Since': 'x' }, outcome: 'complete' as const },
      'Nothing to send: curl already has this version (If-Modified-Since).',
    ],
    [
      'a 412 by tag',
      { status: 412, fields: { ...curl, 'If-Match': '"old"' } },
      'Refused: curl wanted one version only (If-Match), and the film has changed since.',
    ],
    [
      'a 412 by date',
      { status: 412, fields: { ...curl, 'If-Unmodified-Since': 'x' } },
      'Refused: curl wanted it only if it was unchanged (If-Unmodified-Since), and it has changed.',
    ],
    [
      'a 416',
      {
        status: 416,
        fields: { ...curl, Range: 'bytes=99000000-' },
        answer: { 'Content-Range': 'bytes */60000000' },
      },
      'Not possible: byte 99,000,000, where it wanted to begin, is beyond the end: the film has 60,000,000 bytes. The response gives the length, so curl can ask again.',
    ],
    [
      'a 416 of several ranges',
      { status: 416, fields: { ...curl, Range: 'bytes=99000000-,-0' } },
      'Not possible: what it asked for is beyond the end: the film has 60,000,000 bytes. The response gives the length, so curl can ask again.',
    ],
    [
      'HEAD',
      { method: 'HEAD', status: 200, fields: curl, outcome: 'complete' as const },
      'Only the headers, no bytes of the film: its length, its version, whether ranges work.',
    ],
    [
      'HEAD with a range',
      { method: 'HEAD', status: 200, fields: { ...curl, Range: 'bytes=0-1' } },
      'Only the headers, no bytes of the film: its length, its version, whether ranges work. Range applies to GET only.',
    ],
    [
      'OPTIONS',
      { method: 'OPTIONS', status: 204 },
      'A preflight: it asks whether a page of another site may read this.',
    ],
    ['a 403', { status: 403 }, 'Refused: the link is not signed, or it has expired.'],
    ['a 404', { status: 404 }, 'There is no such file, or it is gone.'],
    [
      'a client that left at once',
      {
        status: 499,
        fields: { ...curl, Range: 'bytes=5-', 'If-Range': '"a"' },
        outcome: 'aborted' as const,
      },
      'Curl left before there was an answer.',
    ],
    ['a 405', { method: 'PUT', status: 405 }, 'Files are read-only here: PUT is not allowed.'],
    ['a 503', { status: 503 }, 'The server is busy. Trying again later helps.'],
    [
      'a fault before the head',
      { status: 206, final: 500, outcome: 'failed' as const, ranges: [[0, 9] as const] },
      'The server could not read the file.',
    ],
  ])('%s', (_, given: Given, expected) => {
    const asked = seen(given)
    expect(explain(asked, [asked], { now: NOW })).toBe(expected)
  })

  it.each([
    ['Mozilla/5.0 (X11)', 'the browser'],
    ['VLC/3.0.18 LibVLC/3.0.18', 'VLC'],
    ['Lavf/59.27.100', 'FFmpeg'],
    ['mpv 0.35.1', 'mpv'],
    ['something', 'the client'],
    ['', 'the client'],
  ])('knows who asks: %s', (agent, who) => {
    const asked = seen({ status: 304, fields: { 'User-Agent': agent, 'If-None-Match': '*' } })
    expect(explain(asked, [asked], { now: NOW })).toContain(`: ${who} already has this version`)
  })

  it.each([
    ['video/mp4', 'film'],
    ['audio/mpeg', 'recording'],
    ['image/png', 'picture'],
    ['application/pdf', 'file'],
    ['', 'file'],
  ])('calls %s by its name', (type, name) => {
    const asked = seen({ status: 200, fields: {}, answer: { 'Content-Type': type } })
    expect(explain(asked, [asked], { now: NOW })).toBe(`The whole ${name}: no range was requested.`)
  })
})

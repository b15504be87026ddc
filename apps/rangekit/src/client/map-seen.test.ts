import { describe, expect, it } from 'vitest'
import type { TransferBegun } from '../inspect/protocol.ts'
import {
  isAwaiting,
  isPaused,
  LAG,
  nextPos,
  OPEN_END,
  PAUSE,
  type Seen,
  sentRanges,
  update,
} from './map-seen.ts'

function seen(ranges: TransferBegun['ranges'], length: number, bytesSent: number): Seen {
  const begun: TransferBegun = {
    id: '1',
    key: 'a',
    method: 'GET',
    status: 206,
    fields: {},
    answer: {},
    ranges,
    length,
    startedAt: 0,
  }
  return update(undefined, begun, { id: '1', duration: 10, bytesSent }, { now: 1000 })
}

describe('what was sent of the file', () => {
  it.each([
    ['nothing', [[100, 199]] as const, 100, 0, []],
    ['a part of a range', [[100, 199]] as const, 100, 30, [[100, 129]]],
    ['all of it', [[100, 199]] as const, 100, 100, [[100, 199]]],
    // Each of the two parts has a head of 50 bytes.
    [
      'the head of a first part',
      [
        [0, 9],
        [50, 59],
      ] as const,
      120,
      40,
      [],
    ],
    [
      'a first part',
      [
        [0, 9],
        [50, 59],
      ] as const,
      120,
      60,
      [[0, 9]],
    ],
    [
      'parts',
      [
        [0, 9],
        [50, 59],
      ] as const,
      120,
      115,
      [
        [0, 9],
        [50, 54],
      ],
    ],
    [
      'all parts',
      [
        [0, 9],
        [50, 59],
      ] as const,
      120,
      120,
      [
        [0, 9],
        [50, 59],
      ],
    ],
  ])('%s', (_, ranges, length, bytesSent, expected) => {
    expect(sentRanges(seen(ranges, length, bytesSent))).toEqual(expected)
  })

  it('is all of it where the server cannot count, once it is complete', () => {
    const { begun } = seen([[0, 9]], 10, 0)
    const progress = { id: '1', duration: 10 }
    expect(sentRanges(update(undefined, begun, progress, { now: 0 }))).toEqual([])
    expect(sentRanges(update(undefined, begun, { ...progress, outcome: 'complete' }, { now: 0 }))).toEqual([
      [0, 9],
    ])
  })
})

describe('a body waits', () => {
  const first = seen([[0, 99]], 100, 30)

  it('when nothing was sent for a while', () => {
    expect(isPaused(first, 1000 + PAUSE - 1)).toBe(false)
    expect(isPaused(first, 1000 + PAUSE)).toBe(true)
  })

  it('not when more is sent; a report that repeats the last one is no news', () => {
    const again = update(first, first.begun, { ...first.progress, duration: 20 }, { now: 1500 })
    expect(isPaused(again, 1000 + PAUSE)).toBe(true)
    const more = update(again, first.begun, { id: '1', duration: 30, bytesSent: 31 }, { now: 1500 })
    expect(isPaused(more, 1000 + PAUSE)).toBe(false)
    expect([again.movedAt, more.movedAt]).toEqual([10, 30])
  })

  it('not before its first byte, and not when it has ended', () => {
    expect(isPaused(seen([[0, 99]], 100, 0), 99_999)).toBe(false)
    const ended = update(first, first.begun, { ...first.progress, outcome: 'aborted' }, { now: 1000 })
    expect(isPaused(ended, 99_999)).toBe(false)
  })
})

describe('a body that waits for the writer of its file', () => {
  it('has got what is there, and has not moved for a moment', () => {
    const some = seen([[0, 999]], 1000, 400)
    expect(isAwaiting(some, { now: 1000 + LAG, frontier: 400 })).toBe(true)
    expect(isAwaiting(some, { now: 1000 + LAG - 1, frontier: 400 })).toBe(false)
    expect(isAwaiting(some, { now: 1000 + LAG, frontier: 401 })).toBe(false)
    expect(isAwaiting(some, { now: 1000 + LAG })).toBe(false)
  })

  it('waits at once if it begins where nothing is yet', () => {
    expect(isAwaiting(seen([[500, 999]], 500, 0), { now: 1000, frontier: 400 })).toBe(true)
    expect(isAwaiting(seen([[0, 999]], 1000, 0), { now: 1000, frontier: 400 })).toBe(false)
  })

  it('has not ended, and is remembered when it has', () => {
    const first = seen([[500, 999]], 500, 0)
    const ended = update(
      first,
      first.begun,
      { ...first.progress, outcome: 'aborted' },
      { now: 9, frontier: 400 },
    )
    expect(isAwaiting(ended, { now: 9, frontier: 400 })).toBe(false)
    expect(ended).toMatchObject({ hasAwaited: true })
  })

  it.each([
    ['nothing was sent', [[5, 9]] as const, 0, 5],
    ['some of it was', [[5, 9]] as const, 2, 7],
    ['all of it was', [[5, 9]] as const, 5, undefined],
    ['its end is unknown', [[5, OPEN_END]] as const, 7, 12],
    ['it has no ranges', [] as const, 0, undefined],
  ])('wants next what comes after what was sent: %s', (_, ranges, sent, next) => {
    const length = ranges[0]?.[1] === OPEN_END ? 1000 : ranges.reduce((sum, [a, b]) => sum + b - a + 1, 0)
    expect(nextPos(seen(ranges, length, sent))).toBe(next)
  })
})

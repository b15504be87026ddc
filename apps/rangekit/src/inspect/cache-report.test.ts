import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addPart, type CachePart, emptyReport, MAX_RANGES } from './cache-report.ts'
import { TransferHub } from './hub.ts'
import type { TransfersMessage } from './protocol.ts'

const part = (from: CachePart['from'], block: number, key = 'a'): CachePart => {
  return { key, from, bytes: 10, range: [block * 10, block * 10 + 9] }
}

describe('a report', () => {
  it('adds up bytes and ranges of the origin and of the cache', () => {
    const parts = [part('origin', 0), part('origin', 1), part('cache', 1), part('cache', 1)]
    expect(parts.reduce(addPart, emptyReport('a', 'p'))).toEqual({
      key: 'a',
      process: 'p',
      origin: { bytes: 20, ranges: [[0, 19]] },
      cache: { bytes: 20, ranges: [[10, 19]] },
    })
  })

  it('stays small however scattered the blocks are, and covers all of them', () => {
    const blocks = Array.from({ length: 500 }, (_, index) => (index * 7919) % 5003)
    const { origin } = blocks.map((block) => part('origin', block)).reduce(addPart, emptyReport('a', 'p'))
    expect(origin.bytes).toBe(5000)
    expect(origin.ranges).toHaveLength(MAX_RANGES)
    const isCovered = (at: number) => origin.ranges.some(([first, last]) => first <= at && at <= last)
    expect(blocks.every((block) => isCovered(block * 10) && isCovered(block * 10 + 9))).toBe(true)
    expect(origin.ranges.toSorted(([one], [other]) => one - other)).toEqual(origin.ranges)
  })
})

describe('the hub', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function listen(hub: TransferHub, key: string) {
    const messages: TransfersMessage[] = []
    hub.listen({ keys: new Set([key]), transfers: (message) => messages.push(message) })
    return messages
  }

  it('reports what the cache does with a watched key, ten times a second at most', () => {
    const hub = new TransferHub('p')
    const messages = listen(hub, 'a')
    for (let block = 0; block < 100; block++) {
      hub.onCache(part('cache', block))
      hub.onCache(part('cache', block, 'other'))
    }
    vi.advanceTimersByTime(0)
    expect(messages).toMatchObject([
      { begun: [], progress: [], cache: [{ key: 'a', cache: { bytes: 1000 } }] },
    ])
    for (let block = 0; block < 100; block++) hub.onCache(part('origin', block))
    vi.advanceTimersByTime(99)
    expect(messages).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(messages[1]).toMatchObject({ cache: [{ origin: { bytes: 1000 }, cache: { bytes: 1000 } }] })
  })

  it('keeps a report for those who come later, and none of a key that nobody watches', () => {
    const hub = new TransferHub('p')
    hub.onCache(part('cache', 0))
    hub.expect('a')
    hub.onCache(part('origin', 0))
    expect([...hub.snapshot(new Set(['a']))]).toMatchObject([
      { cache: [{ origin: { bytes: 10 }, cache: { bytes: 0 } }] },
    ])
  })

  it('passes on the reports of other processes next to its own', () => {
    const [one, other] = [new TransferHub('one'), new TransferHub('other')]
    const toOther = other.join({
      watch: (keys) => toOne.watch(keys),
      transfers: (message) => toOne.transfers(message),
    })
    const toOne = one.join({
      watch: (keys) => toOther.watch(keys),
      transfers: (message) => toOther.transfers(message),
    })
    const messages = listen(one, 'a')
    one.onCache(part('cache', 0))
    other.onCache(part('origin', 0))
    vi.advanceTimersByTime(200)
    const processes = messages.flatMap(({ cache = [] }) => cache.map(({ process }) => process))
    expect(new Set(processes)).toEqual(new Set(['one', 'other']))
    // What came from elsewhere does not go back.
    expect([...other.snapshot(new Set(['a']))].flatMap(({ cache = [] }) => cache)).toMatchObject([
      { process: 'other' },
    ])
  })
})

import type { ReadOptions, Representation } from '@rangekit/range-core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { GrowthFeed } from './growth-feed.ts'
import type { GrowthMessage } from './protocol.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A source of one file that a test writes. */
function makeWriter(completeLength: number | undefined) {
  const state = { frontier: 0, isComplete: false, isThere: true, failure: undefined as Error | undefined }
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const check of waiting) check()
  }
  let opens = 0
  let open = 0
  const representation = (): Representation => ({
    completeLength,
    get isComplete() {
      return state.isComplete
    },
    get frontier() {
      return state.frontier
    },
    whenThere(position: number, { signal }: ReadOptions = {}) {
      if (position < state.frontier || state.isComplete) return undefined
      return new Promise<void>((resolve, reject) => {
        const check = () => {
          const isOver = state.frontier > position || state.isComplete
          if (!isOver && state.failure === undefined && signal?.aborted !== true) return
          waiting.delete(check)
          if (isOver) resolve()
          else reject(state.failure ?? signal?.reason)
        }
        waiting.add(check)
        signal?.addEventListener('abort', check)
        check()
      })
    },
    read: () => new Uint8Array(),
    close() {
      open--
    },
  })
  return {
    source: {
      open() {
        opens++
        if (!state.isThere) return undefined
        open++
        return representation()
      },
    },
    change(next: Partial<typeof state>) {
      Object.assign(state, next)
      wake()
    },
    opens: () => opens,
    open: () => open,
  }
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

it('tells what is there, what comes, and that it is complete; then the file is closed', async () => {
  const writer = makeWriter(1000)
  const told: GrowthMessage[] = []
  new GrowthFeed(writer.source).listen('a.mp4', (message) => told.push(message))
  await pass(0)
  writer.change({ frontier: 400 })
  await pass(200)
  writer.change({ frontier: 1000, isComplete: true })
  await pass(200)
  expect(told).toEqual([
    { key: 'a.mp4', frontier: 0, completeLength: 1000, state: 'growing' },
    { key: 'a.mp4', frontier: 400, completeLength: 1000, state: 'growing' },
    { key: 'a.mp4', frontier: 1000, completeLength: 1000, state: 'complete' },
  ])
  expect(writer.open()).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

it('gives no length of a file whose final length is unknown', async () => {
  const writer = makeWriter(undefined)
  const told: GrowthMessage[] = []
  const end = new GrowthFeed(writer.source).listen('a.mp4', (message) => told.push(message))
  await pass(0)
  expect(told).toEqual([{ key: 'a.mp4', frontier: 0, state: 'growing' }])
  end()
})

it('tells at most ten times a second, however often the file grows', async () => {
  const writer = makeWriter(1000)
  let count = 0
  const end = new GrowthFeed(writer.source).listen('a.mp4', () => count++)
  for (let frontier = 1; frontier <= 500; frontier++) {
    writer.change({ frontier })
    await pass(2)
  }
  expect(count).toBeGreaterThan(5)
  expect(count).toBeLessThanOrEqual(11)
  end()
})

it('follows a file once for all who listen; who comes later hears at once, and the last to leave ends it', async () => {
  const writer = makeWriter(1000)
  const feed = new GrowthFeed(writer.source)
  const [first, second] = [vi.fn(), vi.fn()]
  const ends = [feed.listen('a.mp4', first)]
  await pass(0)
  ends.push(feed.listen('a.mp4', second))
  expect(second).toHaveBeenCalledOnce()
  await pass(10_000)
  expect(writer.opens()).toBe(1)
  ends[0]?.()
  writer.change({ frontier: 7 })
  await pass(200)
  expect(first).toHaveBeenCalledTimes(1)
  expect(second).toHaveBeenCalledTimes(2)
  ends[1]?.()
  await pass(0)
  expect(writer.open()).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

it('looks again once a second when the writer has failed, and tells that the file is gone or back', async () => {
  const writer = makeWriter(1000)
  const told: string[] = []
  const end = new GrowthFeed(writer.source).listen('a.mp4', ({ state, frontier }) =>
    told.push(`${state} ${frontier}`),
  )
  writer.change({ frontier: 300 })
  await pass(0)
  writer.change({ failure: new Error('removed'), isThere: false })
  await pass(5000)
  expect(writer.opens()).toBeLessThan(8)
  expect(told).toEqual(['growing 300', 'gone 300'])
  writer.change({ failure: undefined, isThere: true, frontier: 10 })
  await pass(2000)
  expect(told.at(-1)).toBe('growing 10')
  end()
})

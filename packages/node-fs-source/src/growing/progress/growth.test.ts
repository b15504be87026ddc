import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Growth } from './growth.ts'

/** What became of a wait by now. */
function stateOf(waiting: Promise<void> | undefined): { now: string } {
  const state = { now: waiting === undefined ? 'no wait' : 'waits' }
  waiting?.then(
    () => {
      state.now = 'there'
    },
    (error) => {
      state.now = String(error.message)
    },
  )
  return state
}
const settled = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('whenThere', () => {
  it('does not wait for what is there', () => {
    const growth = new Growth(100, 10, 1000)
    expect(growth.whenThere(9)).toBeUndefined()
    expect(growth.isAwaited).toBe(false)
  })

  it('waits for the byte at its position, each reader for its own', async () => {
    const growth = new Growth(100, 10, 1000)
    const states = [10, 19, 20].map((position) => stateOf(growth.whenThere(position)))
    growth.reach(20)
    await settled()
    expect(states.map(({ now }) => now)).toEqual(['there', 'there', 'waits'])
    growth.reach(100)
    await settled()
    expect(states[2]?.now).toBe('there')
    expect(growth.isAwaited).toBe(false)
  })

  it('of a file whose length nobody knows ends with the writer', async () => {
    const growth = new Growth(undefined, 10, 1000)
    const state = stateOf(growth.whenThere(10))
    growth.finish(10)
    await settled()
    expect([state.now, growth.isComplete, growth.frontier]).toEqual(['there', true, 10])
    expect(growth.whenThere(10)).toBeUndefined()
  })

  it('ends with the signal, and leaves the others waiting', async () => {
    const growth = new Growth(100, 0, 1000)
    const leaving = new AbortController()
    const states = [stateOf(growth.whenThere(0, leaving)), stateOf(growth.whenThere(0))]
    leaving.abort(new Error('left'))
    await settled()
    expect(states.map(({ now }) => now)).toEqual(['left', 'waits'])
    const late = stateOf(growth.whenThere(0, leaving))
    await settled()
    expect(late.now).toBe('left')
  })

  it('forgets its signal when the byte is there', async () => {
    const growth = new Growth(100, 0, 1000)
    const { signal } = new AbortController()
    const forget = vi.spyOn(signal, 'removeEventListener')
    const waiting = growth.whenThere(0, { signal })
    growth.reach(1)
    await waiting
    expect(forget).toHaveBeenCalledTimes(1)
  })
})

describe('a writer that', () => {
  it('writes more than it has announced does not change what is there', () => {
    const growth = new Growth(100, 0, 1000)
    growth.reach(1000)
    expect([growth.frontier, growth.isComplete]).toEqual([100, true])
    growth.finish(1000)
    expect([growth.failure, growth.isComplete]).toEqual([undefined, true])
  })

  it('ends early fails those who wait, and all who come', async () => {
    const growth = new Growth(100, 10, 1000)
    const state = stateOf(growth.whenThere(50))
    growth.finish(50)
    const late = stateOf(growth.whenThere(50))
    await settled()
    expect([state.now, late.now]).toEqual(new Array(2).fill('The writer ended after 50 of 100 bytes'))
    expect([growth.isComplete, growth.isCut, growth.frontier]).toEqual([false, false, 50])
    expect(growth.whenThere(49)).toBeUndefined()
  })

  it('fails', async () => {
    const growth = new Growth(undefined, 10, 1000)
    const state = stateOf(growth.whenThere(10))
    growth.fail(new Error('broken'))
    growth.finish(20)
    growth.reach(20)
    await settled()
    expect([state.now, growth.isComplete, growth.frontier]).toEqual(['broken', false, 10])
  })

  it('cuts the file spoils what was there', async () => {
    const growth = new Growth(100, 50, 1000)
    const state = stateOf(growth.whenThere(50))
    growth.cut()
    await settled()
    expect(state.now).toBe('The file was cut while it was written')
    expect([growth.isCut, growth.isComplete]).toEqual([true, false])
  })

  it('stalls fails those who wait, but not those who come later', async () => {
    const growth = new Growth(100, 10, 1000)
    const state = stateOf(growth.whenThere(10))
    await vi.advanceTimersByTimeAsync(999)
    expect(state.now).toBe('waits')
    await vi.advanceTimersByTimeAsync(1)
    expect(state.now).toBe('No byte was written for 1000 ms')
    const next = stateOf(growth.whenThere(10))
    growth.reach(11)
    await settled()
    expect(next.now).toBe('there')
  })

  it('stalls fails each reader after the whole time-out', async () => {
    const growth = new Growth(100, 10, 1000)
    const early = stateOf(growth.whenThere(10))
    await vi.advanceTimersByTimeAsync(900)
    const late = stateOf(growth.whenThere(10))
    await vi.advanceTimersByTimeAsync(100)
    expect([early.now, late.now]).toEqual(['No byte was written for 1000 ms', 'waits'])
    await vi.advanceTimersByTimeAsync(900)
    expect([late.now, vi.getTimerCount()]).toEqual(['No byte was written for 1000 ms', 0])
  })

  it('is at work elsewhere is waited for', async () => {
    const growth = new Growth(100, 10, 1000)
    const state = stateOf(growth.whenThere(10))
    await vi.advanceTimersByTimeAsync(900)
    growth.stir()
    await vi.advanceTimersByTimeAsync(999)
    expect(state.now).toBe('waits')
    await vi.advanceTimersByTimeAsync(1)
    expect(state.now).toBe('No byte was written for 1000 ms')
  })

  it('may stall for longer than a timer can wait', async () => {
    const growth = new Growth(100, 10, Number.POSITIVE_INFINITY)
    const state = stateOf(growth.whenThere(10))
    await vi.advanceTimersByTimeAsync(2 ** 31)
    expect(state.now).toBe('waits')
  })

  it('is slow is waited for, as long as something comes', async () => {
    const growth = new Growth(100, 0, 1000)
    const state = stateOf(growth.whenThere(99))
    for (let frontier = 1; frontier < 99; frontier++) {
      await vi.advanceTimersByTimeAsync(900)
      growth.reach(frontier)
    }
    expect(state.now).toBe('waits')
    expect(vi.getTimerCount()).toBe(1)
    growth.reach(100)
    await settled()
    expect([state.now, vi.getTimerCount()]).toEqual(['there', 0])
  })
})

it('1,000 readers need one timer, and are woken at once', async () => {
  const growth = new Growth(2000, 0, 1000)
  const states = Array.from({ length: 1000 }, (_, position) => stateOf(growth.whenThere(position)))
  expect(vi.getTimerCount()).toBe(1)
  growth.reach(1000)
  await settled()
  expect(states.every(({ now }) => now === 'there')).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

it('a reader that waits keeps the process alive, and nothing does when it has left', async () => {
  vi.useRealTimers()
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  const growth = new Growth(100, 10, 1000)
  const leaving = new AbortController()
  const state = stateOf(growth.whenThere(10, leaving))
  expect(timers()).toBe(before + 1)
  leaving.abort(new Error('left'))
  expect(timers()).toBe(before)
  await Promise.resolve()
  expect(state.now).toBe('left')
})

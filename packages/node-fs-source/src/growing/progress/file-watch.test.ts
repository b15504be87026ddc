import { appendFileSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { testFolder } from '../../../test/support/folder.ts'
import { FileWatch } from './file-watch.ts'

const PACE = { soonest: 50, latest: 1000, blind: 250 }

/** A watch, and how often it has looked. */
function watching(path: string, isRemote = false) {
  const state = { isWanted: true, lookedAt: performance.now() }
  const look = vi.fn(async () => {
    state.lookedAt = performance.now()
  })
  const { isWanted, lookedAt } = { isWanted: () => state.isWanted, lookedAt: () => state.lookedAt }
  const watch = new FileWatch(path, { pace: PACE, isRemote, look, lookedAt, isWanted })
  return { watch, state, looks: () => look.mock.calls.length }
}

describe('a watch', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([
    ['that is on another machine', (path: string) => watching(path, true)],
    ['that is gone', (path: string) => watching(`${path}.none`)],
  ])('of a file %s looks four times a second', async (_, begin) => {
    const { watch, looks } = begin(testFolder().put('a', 'a'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(looks()).toBe(40)
    watch.end()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of a file that does not change looks soon, and once a second after that', async () => {
    const { watch, looks } = watching(testFolder().put('a', 'a'))
    await vi.advanceTimersByTimeAsync(49)
    expect(looks()).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(looks()).toBe(1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(looks()).toBe(11)
    watch.end()
  })

  it.each([true, false])('that nobody wants ends by itself, on another machine: %s', async (isRemote) => {
    const { watch, state, looks } = watching(testFolder().put('a', 'a'), isRemote)
    await vi.advanceTimersByTimeAsync(1000)
    const before = looks()
    state.isWanted = false
    await vi.advanceTimersByTimeAsync(1000)
    expect([looks(), watch.isOver, vi.getTimerCount()]).toEqual([before, true, 0])
  })

  it('does not look more often if many want to know', async () => {
    const { watch, looks } = watching(testFolder().put('a', 'a'), true)
    for (let millisecond = 0; millisecond < 10_000; millisecond++) {
      watch.wanted()
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(looks()).toBe(40)
    watch.end()
  })
})

describe('a change', () => {
  it('is looked at within moments', async () => {
    const path = testFolder().put('a', 'a')
    const { watch, looks } = watching(path)
    await expect.poll(looks).toBe(1)
    appendFileSync(path, 'b')
    await vi.waitFor(() => expect(looks()).toBe(2), { timeout: 900, interval: 5 })
    watch.end()
  })

  it('is looked at twenty times a second at most', async () => {
    const path = testFolder().put('a', 'a')
    const { watch, looks } = watching(path)
    const began = performance.now()
    while (performance.now() - began < 400) {
      appendFileSync(path, 'b')
      await new Promise(setImmediate)
    }
    const took = performance.now() - began
    expect(looks()).toBeGreaterThan(2)
    expect(looks()).toBeLessThanOrEqual(took / PACE.soonest + 1)
    watch.end()
  })

  it('that nobody wants to know of is not looked at', async () => {
    const path = testFolder().put('a', 'a')
    const { watch, state, looks } = watching(path)
    await expect.poll(looks).toBe(1)
    state.isWanted = false
    for (let change = 0; change < 20; change++) {
      appendFileSync(path, 'b')
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(looks()).toBe(1)
    watch.end()
  })

  it('that removes the file does not end the watch', async () => {
    const path = testFolder().put('a', 'a')
    const { watch, looks } = watching(path)
    await expect.poll(looks).toBe(1)
    rmSync(path)
    await expect.poll(looks).toBeGreaterThan(1)
    expect(watch.isOver).toBe(false)
    watch.end()
  })
})

import { describe, expect, it } from 'vitest'
import { Backoff } from './backoff.ts'

function clocked() {
  let now = 1_000_000
  const backoff = new Backoff(() => now)
  return {
    backoff,
    pass: (seconds: number) => {
      now += seconds * 1000
    },
    fail: (times: number, address = 'a') => {
      for (let time = 0; time < times; time++) backoff.fail(address)
    },
  }
}

describe('an address that sends wrong passwords', () => {
  it('waits after the fifth, twice as long after each further one, at most a quarter of an hour', () => {
    const { backoff, pass, fail } = clocked()
    fail(4)
    expect(backoff.waitOf('a')).toBe(0)
    const waits = Array.from({ length: 13 }, () => {
      fail(1)
      const wait = backoff.waitOf('a')
      pass(wait)
      expect(backoff.waitOf('a')).toBe(0)
      return wait
    })
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  })

  it('keeps no other address waiting', () => {
    const { backoff, fail } = clocked()
    fail(9)
    expect([backoff.waitOf('a'), backoff.waitOf('b')]).toEqual([16, 0])
  })

  it('is forgotten after an hour without one', () => {
    const { backoff, pass, fail } = clocked()
    fail(9)
    pass(3601)
    fail(1)
    expect(backoff.waitOf('a')).toBe(0)
  })

  it('takes no more memory with ever more addresses', () => {
    const { backoff, fail } = clocked()
    fail(9)
    for (let index = 0; index < 10_000; index++) backoff.fail(String(index))
    expect(backoff.waitOf('a')).toBe(0)
  })
})

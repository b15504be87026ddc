import { describe, expect, it } from 'vitest'
import { isWorthResuming, MAX_POSITIONS, savedPosition, savePosition } from './watch-positions.ts'

/** What a browser's store does. */
function makeStore() {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    key: (index: number) => [...items.keys()][index] ?? null,
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  }
}

it.each([
  [0, 100, false],
  [4.9, 100, false],
  [5, 100, true],
  [94, 100, true],
  [96, 100, false],
  [7000, 7200, false],
  [6900, 7200, true],
  [10, Number.POSITIVE_INFINITY, false],
  [10, Number.NaN, false],
])('leaving at %d of %d seconds is worth coming back to: %s', (position, duration, expected) => {
  expect(isWorthResuming(position, duration)).toBe(expected)
})

describe('a position', () => {
  it('is found again under its file', () => {
    const store = makeStore()
    savePosition(store, 'films/a?b.mp4', { position: 42, duration: 100, at: 1 })
    expect(savedPosition(store, 'films/a?b.mp4', 100.2)).toBe(42)
    expect(savedPosition(store, 'films/a.mp4', 100)).toBeUndefined()
    expect(JSON.parse(store.getItem('rangekit:position:films/a?b.mp4') ?? '')).toEqual({
      position: 42,
      duration: 100,
      at: 1,
    })
  })

  it('is forgotten at the end', () => {
    const store = makeStore()
    savePosition(store, 'a', { position: 42, duration: 100, at: 1 })
    savePosition(store, 'a', { position: 99, duration: 100, at: 2 })
    expect(store.length).toBe(0)
  })

  it('does not hold for a file that has become another', () => {
    const store = makeStore()
    savePosition(store, 'a', { position: 42, duration: 100, at: 1 })
    expect(savedPosition(store, 'a', 50)).toBeUndefined()
  })

  it.each(['', 'x', 'null', '1', '[]', '{}', '{"position":"9","duration":100,"at":1}', '{"position":9}'])(
    'that is not one is ignored: %j',
    (text) => {
      const store = makeStore()
      store.setItem('rangekit:position:a', text)
      expect(savedPosition(store, 'a', 100)).toBeUndefined()
    },
  )
})

it('the oldest positions make room, and nothing else does', () => {
  const store = makeStore()
  store.setItem('other', 'x')
  for (let at = 0; at < MAX_POSITIONS + 20; at++) {
    savePosition(store, `film ${at}`, { position: 10, duration: 100, at })
  }
  expect(store.length).toBe(MAX_POSITIONS + 1)
  expect(store.getItem('other')).toBe('x')
  expect(savedPosition(store, 'film 19', 100)).toBeUndefined()
  expect(savedPosition(store, 'film 20', 100)).toBe(10)
})

import { seededRandom } from '@rangekit/conformance/origin'
import { describe, expect, it } from 'vitest'
import { audience, stepsOf } from './audience.ts'
import { byKey, randomly } from './balancer.ts'
import { zipf } from './random.ts'
import { type Film, watch } from './viewer.ts'

const OPTIONS = {
  seed: 7,
  films: 20,
  viewers: 200,
  seconds: 86_400,
  exponent: 0.8,
  durations: [600, 3600],
  rates: [300_000, 1_200_000],
} as const

const FILM: Film = { key: 'film.mp4', length: 1_000_000_000, rate: 1_000_000, isIndexLast: false }

describe('an audience', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(audience(OPTIONS)).toEqual(audience(OPTIONS))
    expect(audience({ ...OPTIONS, seed: 8 })).not.toEqual(audience(OPTIONS))
  })

  it('reads within the films, forwards, and in order of time', () => {
    const { requests } = audience(OPTIONS)
    expect(requests.length).toBeGreaterThan(OPTIONS.viewers)
    for (const { film, first, steps } of requests) {
      expect(first).toBeGreaterThanOrEqual(0)
      expect(steps[0]?.end).toBeGreaterThanOrEqual(first)
      expect(steps.at(-1)?.end).toBeLessThanOrEqual(film.length)
      expect(steps.map(({ end }) => end)).toEqual(steps.map(({ end }) => end).toSorted((a, b) => a - b))
    }
    const times = stepsOf(requests).map(({ at }) => at)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('watches the first film most, in proportion to 1 / n ** exponent', () => {
    const random = seededRandom(1)
    const pick = zipf(100, 1)
    const counts = new Array<number>(100).fill(0)
    for (let round = 0; round < 50_000; round++) {
      const index = pick(random)
      counts[index] = (counts[index] ?? 0) + 1
    }
    const [first = 0, second = 0] = counts
    expect(first / second).toBeGreaterThan(1.85)
    expect(first / second).toBeLessThan(2.15)
    expect(Math.min(...counts)).toBeGreaterThan(0)
  })

  it('scales with its unit: a smaller model asks as often', () => {
    const small = audience({ ...OPTIONS, rates: [300_000 / 1024, 1_200_000 / 1024], unit: 1 / 1024 })
    const { requests } = audience(OPTIONS)
    expect(small.requests.length / requests.length).toBeGreaterThan(0.95)
    expect(small.requests.length / requests.length).toBeLessThan(1.05)
  })
})

describe('a viewer', () => {
  /** Requests of so many viewers of a film. */
  const many = (film: Film, count = 200) => {
    const random = seededRandom(3)
    return Array.from({ length: count }, () => watch(film, 0, random))
  }

  it('begins at the start', () => {
    for (const [first] of many(FILM)) expect(first?.first).toBe(0)
  })

  it('looks for the index at the end if it is not at the start', () => {
    for (const [first, second, third] of many({ ...FILM, isIndexLast: true })) {
      expect([first?.first, second?.first, third?.first]).toEqual([0, FILM.length - 1024 ** 2, 0])
    }
  })

  it('mostly keeps a connection that reads a little ahead; some ask again and again, as Firefox does', () => {
    const counts = many(FILM).map((requests) => requests.filter(({ steps }) => steps.length > 1).length)
    const keeping = counts.filter((count) => count > 0).length
    expect(keeping).toBeGreaterThan(120)
    expect(keeping).toBeLessThan(180)
  })
})

describe('a balancer', () => {
  const KEYS = Array.from({ length: 2000 }, (_, index) => `film-${index}.mp4`)

  it('by key picks the same node for the same key, and spreads keys evenly', () => {
    const pick = byKey(10)
    const counts = new Array<number>(10).fill(0)
    for (const key of KEYS) {
      const node = pick(key)
      expect(pick(key)).toBe(node)
      counts[node] = (counts[node] ?? 0) + 1
    }
    expect(Math.min(...counts)).toBeGreaterThan(150)
    expect(Math.max(...counts)).toBeLessThan(250)
  })

  it('by key moves only keys of the node that is added', () => {
    const [ten, eleven] = [byKey(10), byKey(11)]
    const moved = KEYS.filter((key) => ten(key) !== eleven(key))
    expect(moved.every((key) => eleven(key) === 10)).toBe(true)
    expect(moved.length / KEYS.length).toBeGreaterThan(0.06)
    expect(moved.length / KEYS.length).toBeLessThan(0.12)
  })

  it('at random picks every node', () => {
    const pick = randomly(10, seededRandom(1))
    expect(new Set(KEYS.map((key) => pick(key))).size).toBe(10)
  })
})

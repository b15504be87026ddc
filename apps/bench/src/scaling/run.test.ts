import { beforeAll, describe, expect, it } from 'vitest'
import type { ClusterId, ScalingResults } from './results.ts'
import { LIBRARY, runScaling } from './run.ts'

const SMALL = { ...LIBRARY, films: 20, viewers: 40, durations: [300, 900] } as const

describe('the simulation of a cluster', () => {
  let results: ScalingResults
  beforeAll(async () => {
    results = await runScaling(SMALL, [0.05, 1])
  })

  const fetched = (cluster: ClusterId, share: number) =>
    results.points.find((point) => point.cluster === cluster && point.share === share)?.fetched ?? Number.NaN

  it('is the same each time', async () => {
    expect(await runScaling(SMALL, [0.05, 1])).toEqual(results)
  })

  it('serves the same to every cluster', () => {
    expect(new Set(results.points.map(({ served }) => served)).size).toBe(1)
  })

  it('fetches less with more cache, and never more than the library once it fits', () => {
    expect(fetched('one', 1)).toBeLessThan(fetched('one', 0.05))
    expect(fetched('one', 1)).toBeLessThanOrEqual(results.library)
  })

  it('fetches most where requests are spread at random', () => {
    for (const share of [0.05, 1]) expect(fetched('random', share)).toBeGreaterThan(fetched('by-key', share))
  })
})

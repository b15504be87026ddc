import { audience } from './audience.ts'
import { clusters, type ScalingPoint, type ScalingResults } from './results.ts'
import { simulate } from './simulate.ts'

const MB = 1e6
const MINUTE = 60
const DAY = 24 * 60 * MINUTE

/** How many bytes one byte of the model stands for: blocks of 1 KiB are those of 1 MiB. */
const SCALE = 1024
const BLOCK = 1024 ** 2

/** A day of a library, in the size of the real thing. */
export const LIBRARY = {
  seed: 1,
  films: 200,
  viewers: 1500,
  seconds: DAY,
  exponent: 0.8,
  durations: [20 * MINUTE, 120 * MINUTE],
  rates: [0.3 * MB, 1.2 * MB],
} as const

const SHARES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

/** Runs all clusters with caches of all sizes. */
export async function runScaling(
  options: typeof LIBRARY | Parameters<typeof audience>[0] = LIBRARY,
  shares: readonly number[] = SHARES,
): Promise<ScalingResults> {
  const [least, most] = options.rates
  const watched = audience({ ...options, rates: [least / SCALE, most / SCALE], unit: 1 / SCALE })
  const library = watched.films.reduce((sum, { length }) => sum + length, 0)
  const points: ScalingPoint[] = []
  for (const share of shares) {
    for (const { id, nodes, balance } of clusters) {
      const model = { nodes, balance, cache: library * share, blockSize: BLOCK / SCALE }
      const { served, fetched, requests, fetches } = await simulate(watched, model)
      points.push({ cluster: id, share, served: served * SCALE, fetched: fetched * SCALE, requests, fetches })
    }
  }
  return { audience: options, library: library * SCALE, points }
}

/**
 * Random numbers from 0 up, below 1: the same for the same seed, on every machine (mulberry32, 32 bits each). With them, a
 * test that reads at random can be repeated as well.
 *
 * @example
 * const random = seededRandom(7)
 * const firstPos = Math.floor(random() * 1_000_000)
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

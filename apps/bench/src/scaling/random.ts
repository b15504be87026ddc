/** A number from 0 up to but not including 1. */
export type Random = () => number

/** A random length whose mean is `mean`, mostly shorter: the time until something happens that can happen any time. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random())
}

/**
 * Picks an index below `count`, the first one most often: index i is picked in proportion to 1 / (i + 1) ** exponent.
 *
 * @example
 * const pick = zipf(1000, 0.9)
 * pick(random)
 */
export function zipf(count: number, exponent: number): (random: Random) => number {
  let sum = 0
  const sums = Array.from({ length: count }, (_, index) => {
    sum += 1 / (index + 1) ** exponent
    return sum
  })
  return (random) => {
    const wanted = random() * sum
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) <= wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

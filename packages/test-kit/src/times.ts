const ROUNDS = 21

/** The smallest of some numbers that at least a `share` of them, from 0 to 1, does not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * share) - 1] ?? Number.NaN
}

/** The median duration of an action in milliseconds. A single one says nothing on a busy machine. */
export async function medianTime(act: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  while (times.length < ROUNDS) {
    const started = performance.now()
    await act()
    times.push(performance.now() - started)
  }
  return percentile(times, 0.5)
}

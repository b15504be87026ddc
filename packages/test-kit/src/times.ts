const ROUNDS = 21

/** What a share of some numbers does not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * share) - 1] ?? Number.NaN
}

/** How long a thing mostly takes, in milliseconds: on a busy machine, any one time may be anything. */
export async function medianTime(act: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  while (times.length < ROUNDS) {
    const started = performance.now()
    await act()
    times.push(performance.now() - started)
  }
  return percentile(times, 0.5)
}

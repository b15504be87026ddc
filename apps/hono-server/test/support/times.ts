const ROUNDS = 21

/** How long a thing mostly takes, in milliseconds: on a busy machine, any one time may be anything. */
export async function medianTime(act: () => Promise<void>): Promise<number> {
  const times: number[] = []
  while (times.length < ROUNDS) {
    const started = performance.now()
    await act()
    times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)[(ROUNDS - 1) / 2] ?? Number.NaN
}

/** Runs `round` for each index below `count`, at most `atATime` at once. Returns the results in order. */
export async function rounds<T>(
  count: number,
  atATime: number,
  round: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = new Array(count)
  let next = 0
  const lane = async () => {
    while (next < count) {
      const index = next++
      results[index] = await round(index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, count) }, lane))
  return results
}

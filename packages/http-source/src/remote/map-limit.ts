/**
 * Does something for each item, a bounded number at a time. The first failure aborts the signal of the others, and is
 * what this rejects with, after all of them have ended.
 *
 * @param signal ends all of it.
 */
export async function mapLimit<T>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal | undefined,
  run: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failing = new AbortController()
  const either = signal === undefined ? failing.signal : AbortSignal.any([failing.signal, signal])
  const queue = items.values()
  const work = async () => {
    // All workers take from one iterator.
    for (const item of queue) {
      either.throwIfAborted()
      await run(item, either)
    }
  }
  const workers = Array.from({ length: Math.min(limit, items.length) }, () =>
    work().catch((error: unknown) => failing.abort(error)),
  )
  await Promise.all(workers)
  either.throwIfAborted()
}

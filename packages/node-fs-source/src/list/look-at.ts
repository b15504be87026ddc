/** How many items are looked at at a time. More is not faster, and other reads wait for the same threads. */
const WIDTH = 8

/** What is found where some items are looked at, a few at a time, in no order. */
export async function lookAt<T, R>(
  remaining: IterableIterator<T>,
  find: (item: T) => Promise<R | undefined>,
): Promise<R[]> {
  const found: R[] = []
  const lookAtRemaining = async () => {
    for (const item of remaining) {
      const result = await find(item)
      if (result !== undefined) found.push(result)
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, lookAtRemaining))
  return found
}

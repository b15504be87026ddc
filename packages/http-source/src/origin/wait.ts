/**
 * Waits for the first of three: an event, a time, or a signal.
 *
 * @param late what ends the waiting after `time` ms: resolves, or throws.
 * @param begin is called with what resolves the promise, and returns what stops listening for the event.
 * @returns rejects with the reason of the signal when it is aborted.
 */
export function waitFor(
  time: number,
  signal: AbortSignal | undefined,
  late: () => void,
  begin?: (resolve: () => void) => () => void,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    // Stops at once: whoever waits no longer must not be chosen in the same turn.
    const settle = (how: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      stop?.()
      try {
        how()
        resolve()
      } catch (error) {
        reject(error)
      }
    }
    const abort = () =>
      settle(() => {
        throw signal?.reason
      })
    const timer = setTimeout(settle, time, late)
    signal?.addEventListener('abort', abort)
    const stop = begin?.(() => settle(() => {}))
  })
}

/** Resolves after a time. */
export function sleep(time: number, signal: AbortSignal | undefined): Promise<void> {
  return waitFor(time, signal, () => {})
}

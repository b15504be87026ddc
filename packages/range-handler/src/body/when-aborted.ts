/** Calls back once when a signal is aborted: at once if it is. */
export function whenAborted(signal: AbortSignal | undefined, callback: () => void): void {
  if (signal?.aborted) callback()
  else signal?.addEventListener('abort', callback, { once: true })
}

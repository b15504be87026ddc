/** Calls back once with the reason when a signal is aborted: at once if it is. */
export function whenAborted(signal: AbortSignal | undefined, callback: (reason: unknown) => void): void {
  if (signal?.aborted) callback(signal.reason)
  else signal?.addEventListener('abort', () => callback(signal.reason), { once: true })
}

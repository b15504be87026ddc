/** What the player remembers. A browser that keeps nothing, or has no room, is no fault. */

/** In this browser, or in this tab until it is closed. */
type Place = 'browser' | 'tab'

/** Uses a store; `undefined` where the browser refuses it, or it is full. */
export function withStore<T>(use: (store: Storage) => T, place: Place = 'browser'): T | undefined {
  try {
    return use(place === 'tab' ? sessionStorage : localStorage)
  } catch {
    return undefined
  }
}

/** Reads a value; `undefined` if there is none, or none that can be read. */
export function recall(name: string, place?: Place): unknown {
  return withStore((store) => JSON.parse(store.getItem(name) ?? 'null') ?? undefined, place)
}

/** Keeps a value that JSON can express; `undefined` forgets it. */
export function remember(name: string, value: unknown, place?: Place): void {
  withStore((store) => {
    if (value === undefined) store.removeItem(name)
    else store.setItem(name, JSON.stringify(value))
  }, place)
}

/** What the pages remember. They work in browsers that store nothing, or have no room left. */

/** In this browser, or in this tab until it is closed. */
type Place = 'browser' | 'tab'

/** Uses a store; `undefined` if the browser refuses it, or it is full. */
export function withStore<T>(use: (store: Storage) => T, place: Place = 'browser'): T | undefined {
  try {
    return use(place === 'tab' ? sessionStorage : localStorage)
  } catch {
    return undefined
  }
}

/** Reads a value; `undefined` if it is missing or unreadable. */
export function recall(name: string, place?: Place): unknown {
  return withStore((store) => JSON.parse(store.getItem(name) ?? 'null') ?? undefined, place)
}

/** Stores a JSON value; `undefined` removes it. */
export function remember(name: string, value: unknown, place?: Place): void {
  withStore((store) => {
    if (value === undefined) store.removeItem(name)
    else store.setItem(name, JSON.stringify(value))
  }, place)
}

/** Where the reader was in each file. */

export interface Position {
  /** Seconds. */
  readonly position: number
  /** Seconds. */
  readonly duration: number
  /** When it was saved: milliseconds since 1970. */
  readonly at: number
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const PREFIX = 'rangekit:position:'
/** How many files are remembered; the oldest one makes room. */
export const MAX_POSITIONS = 200
/** Seconds at each end that are not worth coming back to. At the end it is more of a long film: its credits. */
const MARGIN = 5
const CREDITS = 0.03

/** Whether a reader who stopped here wants to resume here. */
export function isWorthResuming(position: number, duration: number): boolean {
  if (!Number.isFinite(duration)) return false
  return position >= MARGIN && duration - position >= Math.max(MARGIN, duration * CREDITS)
}

/** Saves a position, or removes it if it is not worth resuming. Throws if the store does. */
export function savePosition(store: Store, key: string, { position, duration, at }: Position): void {
  const name = `${PREFIX}${key}`
  if (!isWorthResuming(position, duration)) {
    store.removeItem(name)
    return
  }
  if (store.getItem(name) === null) makeRoom(store)
  store.setItem(name, JSON.stringify({ position, duration, at }))
}

/**
 * The seconds to resume a file at.
 *
 * @param duration of the file as it is now: a position in another version is of no use.
 */
export function savedPosition(store: Store, key: string, duration: number): number | undefined {
  const saved = parse(store.getItem(`${PREFIX}${key}`))
  if (saved === undefined || Math.abs(saved.duration - duration) > 1) return undefined
  return isWorthResuming(saved.position, duration) ? saved.position : undefined
}

function makeRoom(store: Store): void {
  const names = Array.from({ length: store.length }, (_, index) => store.key(index) ?? '')
  const saved = names
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => ({ name, at: parse(store.getItem(name))?.at ?? 0 }))
    .sort((a, b) => b.at - a.at)
  for (const { name } of saved.slice(MAX_POSITIONS - 1)) store.removeItem(name)
}

function parse(text: string | null): Position | undefined {
  try {
    const { position, duration, at } = JSON.parse(text ?? '{}')
    return [position, duration, at].every(Number.isFinite) ? { position, duration, at } : undefined
  } catch {
    return undefined
  }
}

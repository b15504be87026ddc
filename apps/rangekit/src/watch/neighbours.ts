import type { Item } from '../library/item.ts'

/** The files before and after one in its folder. */
export interface Neighbours {
  readonly previous?: Item | undefined
  readonly next?: Item | undefined
}

/**
 * The neighbours of a file among those of its like: videos and audio files are alike, and so are the files of every
 * other kind.
 *
 * @param items those of its folder, in the order in which the reader sees them.
 */
export function neighboursOf(items: readonly Item[], key: string): Neighbours {
  const index = items.findIndex((item) => item.key === key)
  const item = items[index]
  if (item === undefined) return {}
  const isAlike = (other: Item) => (isPlayable(item) ? isPlayable(other) : other.kind === item.kind)
  return { previous: items.slice(0, index).findLast(isAlike), next: items.slice(index + 1).find(isAlike) }
}

/** Whether a player can make something of a file. */
export function isPlayable({ kind }: Pick<Item, 'kind'>): boolean {
  return kind === 'video' || kind === 'audio'
}

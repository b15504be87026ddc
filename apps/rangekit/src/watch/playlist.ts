import type { Item } from '../library/item.ts'
import { pathTo } from '../library/links.ts'
import type { KnownMedia } from '../library/media/known-media.ts'
import { isPlayable } from './neighbours.ts'

/** The most files that a playlist names. */
export const MAX_PLAYLIST = 10_000

/** Where it is served, relative to the root of the server. */
const FOLDER = 'api/'

export interface PlaylistOptions {
  /** What players call it. */
  readonly title: string
  /** Makes links, relative to the root of the server, such that players may follow them. */
  readonly link: (link: string) => Promise<string>
  /** What is known of a file without reading it. Default: nothing. */
  readonly known?: ((item: Item) => KnownMedia | undefined) | undefined
}

/**
 * A playlist (M3U, UTF-8) of the videos and audio files among some items, in their order. Its links are relative to
 * `api/`, where it is served: players resolve them wherever a proxy has mounted the server. None begins with `../`, which
 * mpv does not resolve.
 */
export async function playlistOf(items: readonly Item[], options: PlaylistOptions): Promise<string> {
  const { title, link, known } = options
  const lines = ['#EXTM3U', `#PLAYLIST:${oneLine(title)}`]
  for (const item of items.filter(isPlayable).slice(0, MAX_PLAYLIST)) {
    const seconds = Math.round(known?.(item)?.duration ?? -1)
    lines.push(`#EXTINF:${seconds},${oneLine(item.title)}`, relative(await link(pathTo.stream(item.key))))
  }
  return `${lines.join('\n')}\n`
}

/** A link relative to the root as one relative to the playlist. */
function relative(link: string): string {
  return link.startsWith(FOLDER) ? link.slice(FOLDER.length) : `../${link}`
}

/** A playlist is read by lines, and a line that begins with `#` is for the player: a name must not add one. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

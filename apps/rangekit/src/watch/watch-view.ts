import type { Grant } from '../access/access.ts'
import type { Folder } from '../library/folder.ts'
import type { Item } from '../library/item.ts'
import { pathTo } from '../library/links.ts'
import { type KnownMedia, mediaFacts } from '../library/media/known-media.ts'
import { encodePath, keyIn } from '../library/paths.ts'
import type { Sort } from '../library/protocol.ts'
import { crumbsTo, folderName } from '../pages/crumbs.ts'
import type { Neighbour, WatchView } from '../pages/watch-page.ts'
import type { TrackView } from '../pages/watch-stage.ts'
import { neighboursOf } from './neighbours.ts'
import { sidecarsOf } from './sidecars.ts'

/** One file, where it is, and who asks. */
export interface Watched {
  readonly item: Item
  /** What is known of it without reading it. */
  readonly known?: KnownMedia | undefined
  /** Default: it is in no list, so the page has no neighbours, subtitles and playlist. */
  readonly folder: Folder | undefined
  /** The order in which the reader came through the folder. */
  readonly sort: Sort
  readonly grant: Grant
}

/** What the page of a file shows: no more than its reader may see. */
export async function viewOf({
  item,
  known,
  folder,
  sort,
  grant,
}: Watched): Promise<Omit<WatchView, 'etag' | 'inspect' | 'isCached'>> {
  const { key, title, kind, contentType = 'application/octet-stream', size, modified, growing } = item
  const path = folder?.path ?? ''
  // Its own picture is known once it has been read; a picture file next to it is known at once.
  const hasCover = known?.hasCover === true || folder?.sidecars.pictureOf(item) !== undefined
  const { previous, next } = neighboursOf(folder?.sorted(sort) ?? [], key)
  const neighbour = async (other: Item | undefined): Promise<Neighbour | undefined> =>
    other && grant.mayRead(other.key)
      ? { title: other.title, link: await grant.link(pathTo.file(other.key, sort)) }
      : undefined
  const playlist = `api/playlist.m3u8?path=${encodeURIComponent(path)}&sort=${sort}`
  return {
    key,
    title,
    kind,
    contentType,
    size,
    modified,
    growing,
    facts: await mediaFacts({ ...known, hasCover }, key, grant.link),
    factsLink: await grant.link(`api/media/${encodePath(key)}`),
    // The page plays what it hands out: a television that the browser casts to cannot authenticate.
    stream: await grant.sign(pathTo.stream(key)),
    download: await grant.link(`${pathTo.stream(key)}?download`),
    tracks: kind === 'video' && folder ? await tracksOf(item, folder, grant) : [],
    home: grant.home,
    grant: grant.token,
    crumbs: folder ? await crumbsTo(path, grant, sort) : [],
    previous: await neighbour(previous),
    next: await neighbour(next),
    playlist:
      folder && grant.mayList(path)
        ? { name: `${folderName(path)}.m3u8`, link: await grant.link(playlist) }
        : undefined,
  }
}

function tracksOf({ name }: Item, { path, all }: Folder, grant: Grant): Promise<TrackView[]> {
  const names = all.filter(({ kind }) => kind !== 'folder').map((item) => item.name)
  return Promise.all(
    sidecarsOf(name, names).map(async ({ name, label, language }) => {
      const link = `api/subtitles/${encodePath(keyIn(path, name))}`
      return { label, language, link: await grant.link(link) }
    }),
  )
}

import { writeCursor } from './cursor.ts'
import type { Folder } from './folder.ts'
import type { Item } from './item.ts'
import { type Link, pathTo } from './links.ts'
import { type KnownMedia, mediaFacts } from './media/known-media.ts'
import { indexAfter } from './order.ts'
import type { LibraryEntry, LibraryPage, Sort } from './protocol.ts'
import type { LibraryQuery } from './query.ts'
import type { Found } from './search.ts'

/** What a page needs, in addition to the folder. */
export interface PageContext {
  readonly link: Link
  /** What is known of a file already, without reading it. */
  readonly known: (item: Item) => KnownMedia | undefined
}

/** One page of a folder, or of what was found in it. */
export async function libraryPage(
  folder: Folder,
  { sort, after, limit }: LibraryQuery,
  { items, partial }: Found,
  context: PageContext,
): Promise<LibraryPage> {
  const start = after === undefined ? 0 : indexAfter(items, after, sort)
  const shown = items.slice(start, start + limit)
  const last = shown.at(-1)
  return {
    path: folder.path,
    version: folder.version,
    total: items.length,
    ...(partial && { partial }),
    entries: await Promise.all(shown.map((item) => entryOf(item, sort, context))),
    ...(last !== undefined && start + limit < items.length && { next: writeCursor(last, sort) }),
  }
}

async function entryOf(item: Item, sort: Sort, { link, known }: PageContext): Promise<LibraryEntry> {
  const { kind, key, growing } = item
  if (kind === 'folder') return { ...item, page: await link(pathTo.folder(key)) }
  const media = growing === undefined ? known(item) : undefined
  return {
    ...item,
    stream: await link(pathTo.stream(key)),
    page: await link(pathTo.file(key, sort)),
    ...(media && { media: await mediaFacts(media, key, link) }),
  }
}

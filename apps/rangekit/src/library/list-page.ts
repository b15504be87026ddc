import type { Grant } from '../access/access.ts'
import type { Library } from './library.ts'
import { libraryPage, type PageContext } from './page.ts'
import type { LibraryPage } from './protocol.ts'
import type { LibraryQuery } from './query.ts'

/**
 * Lists one page of a folder, with links for the reader of a grant.
 *
 * @returns `undefined` if there is no such folder.
 * @throws SourceBusyError where descriptors have run out; other faults unchanged.
 */
export type ListPage = (
  query: LibraryQuery,
  grant: Grant,
  signal?: AbortSignal,
) => Promise<LibraryPage | undefined>

/** The listing behind `GET /api/videos` and the pages. */
export function pageLister(library: Library, known: PageContext['known']): ListPage {
  return async (query, { link }, signal) => {
    const folder = await library.folder(query.path)
    if (folder === undefined) return undefined
    const found =
      query.q === ''
        ? { items: folder.sorted(query.sort), partial: folder.isPartial }
        : await library.search(folder, query.q, query.sort, signal)
    return libraryPage(folder, query, found, { link, known })
  }
}

import type { FolderListing, FolderReader as Reader } from '@rangekit/node-fs-source'

/** A folder at one moment, or as much of it as was read. */
export interface Listing extends FolderListing {
  /** Whether there are more entries than were read. */
  readonly isPartial?: boolean
}

/** What can be served from a place, and when that changes: a folder on disk, or another place with lists. */
export interface FolderReader extends Omit<Reader, 'read'> {
  /** As `read` of a folder on disk does; a large place may leave out entries. */
  read(path: string): Promise<Listing | undefined>
}

/** A place without lists: it has no folder, not even a root. */
export const NO_FOLDERS: FolderReader = {
  read: async () => undefined,
  stamp: async () => undefined,
  watch: async () => undefined,
}

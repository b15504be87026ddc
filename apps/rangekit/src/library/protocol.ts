/** The JSON of `GET /api/videos`. The server sends it and the pages read it. Times are in milliseconds since 1970. */

/** What a page shows a file as. */
export type EntryKind = 'folder' | 'video' | 'audio' | 'image' | 'document' | 'other'

/** What a few ranges of a media file say about it. */
export interface MediaFacts {
  /** Seconds; absent if it is unknown. */
  readonly duration?: number
  /** Pixels, as displayed. */
  readonly width?: number
  readonly height?: number
  /** A link to a cover picture, relative to the root of the server; absent if there is none. */
  readonly cover?: string
}

/** How much is there of a file that is still being written. */
export interface Growing {
  /** Bytes that are there, from the first one on. */
  readonly frontier: number
  /** Bytes that it will have; absent if that is unknown. */
  readonly completeLength?: number
}

/** One file or sub-folder. */
export interface LibraryEntry {
  readonly kind: EntryKind
  /** The file's key, or the path of a folder without a slash at its end. */
  readonly key: string
  /** The last segment of the key. */
  readonly name: string
  /** The title: the name without extension and task id. */
  readonly title: string
  /** The part of `title__task-id.ext` after the two underscores. */
  readonly taskId?: string
  readonly contentType?: string
  /** Bytes; 0 for a folder. Of a file that is still being written, those that it will have, if that is known. */
  readonly size: number
  /** When it was last modified, in whole milliseconds; 0 if that is not known, as of a folder in a bucket. */
  readonly modified: number
  /** Absent if all of it is there. */
  readonly growing?: Growing
  /** Where its bytes are, relative to the root of the server; absent for a folder. */
  readonly stream?: string
  /** Its page, relative to the root of the server: the player, or the sub-folder. */
  readonly page: string
  /** Absent while it grows, and until they were requested with `GET /api/media/{key}`. */
  readonly media?: MediaFacts
}

/** One page of a folder. */
export interface LibraryPage {
  /** The folder: a key, or `''` for the root. */
  readonly path: string
  /** Changes whenever the folder does. */
  readonly version: string
  /** How many entries match, on all pages. */
  readonly total: number
  readonly entries: readonly LibraryEntry[]
  /** Whether a search or a list has stopped at its limits, so that there may be more than `total`. */
  readonly partial?: true
  /** Pass it as `cursor` to get the next page; absent on the last one. */
  readonly next?: string
}

/** The order of entries; folders come first in each. A `-` reverses it. */
export const SORTS = ['title', '-title', 'modified', '-modified', 'size', '-size'] as const
export type Sort = (typeof SORTS)[number]

import { type Link, pathTo } from '../links.ts'
import type { MediaFacts } from '../protocol.ts'

/** What was read from a media file and is kept for lists. */
export interface KnownMedia extends Omit<MediaFacts, 'cover'> {
  readonly hasCover: boolean
}

/** The facts about a file, with a link to its cover. */
export async function mediaFacts(
  { hasCover, ...facts }: KnownMedia,
  key: string,
  link: Link,
): Promise<MediaFacts> {
  return { ...facts, ...(hasCover && { cover: await link(pathTo.cover(key)) }) }
}

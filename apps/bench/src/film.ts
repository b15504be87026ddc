import { chmodSync, utimesSync } from 'node:fs'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'

/** The name of the file that the conformance checker judges, and its length in bytes. */
export const FILM = 'film.mp4'
export const FILM_LENGTH = 100_000

const LAST_MODIFIED = new Date('2024-02-29T12:00:00Z')

/** A temporary folder with the film in it. Every user can read it: some servers give up root's rights. */
export function makeFilmFolder(): TestFolder {
  const folder = makeFolder()
  chmodSync(folder.path, 0o755)
  utimesSync(folder.put(FILM, positionBytes(FILM_LENGTH)), LAST_MODIFIED, LAST_MODIFIED)
  return folder
}

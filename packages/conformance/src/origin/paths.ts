/** The file that the examples ask for. Every other path is a file, too, with versions of its own. */
export const FILE_PATH = '/film.bin'
/** A page with a link to it: clients that read folders, such as rclone, ask for that first. */
export const INDEX_PATH = '/'
/** Counts as JSON. */
export const COUNTS_PATH = '/counts'
/** Where `redirect` leads: below it is every file again, and is not redirected. */
export const MOVED = '/moved'
/** Where `redirect-loop` leads; whatever is below it is redirected to itself. */
export const LOOP = '/loop'
/** Paths that are no files, so that a 404 can be asked for; folders are none either. */
const MISSING = /no-such|\/$/

/** The path of the file at a path; `undefined` if there is none. */
export function filePath(path: string): string | undefined {
  if (MISSING.test(path)) return undefined
  return path.startsWith(`${MOVED}/`) ? path.slice(MOVED.length) : path
}

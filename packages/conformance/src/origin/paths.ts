/** The file that the examples ask for. Every other path is a file, too, with versions of its own. */
export const FILE_PATH = '/film.bin'
/** Counts as JSON. */
export const COUNTS_PATH = '/counts'
/** Where `redirect` leads: below it is every file again, and is not redirected. */
export const MOVED = '/moved'
/** Where `redirect-loop` leads; whatever is below it is redirected to itself. */
export const LOOP = '/loop'
/** What the path of a file does not have in it, so that a 404 can be asked for. */
const MISSING = 'no-such'

/** The path of the file at a path; `undefined` if there is none. */
export function filePath(path: string): string | undefined {
  if (path.includes(MISSING)) return undefined
  return path.startsWith(`${MOVED}/`) ? path.slice(MOVED.length) : path
}

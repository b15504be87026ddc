import { fstat, open } from 'node:fs'
import { promisify } from 'node:util'
import { AdaptiveRead } from './adaptive-read.ts'
import { closeFd } from './close-file.ts'
import type { ReadableFile } from './read-into.ts'
import { isRemote } from './remote-file-system.ts'

const openFd = promisify(open)
const fstatFd = promisify(fstat)

/** A file that is open for reading. */
export interface PlainFile extends ReadableFile {
  /** Bytes in it when it was opened. */
  readonly length: number
}

/**
 * Opens a file by its path, without the checks that files of a served folder need. Close it with {@link closeFile}.
 *
 * @throws the error of the system, with its `code`.
 * @example
 * const file = await openPlainFile('./media/film.mp4')
 * const bytes = new Uint8Array(4)
 * await readInto(file, bytes, 0)
 * await closeFile(file)
 */
export async function openPlainFile(path: string): Promise<PlainFile> {
  const fd = await openFd(path, 'r')
  try {
    const { size, dev } = await fstatFd(fd, { bigint: true })
    return { fd, length: Number(size), adaptiveRead: new AdaptiveRead(await isRemote(fd, path, dev)) }
  } catch (error) {
    await closeFd(fd)
    throw error
  }
}

import { type BigIntStats, close, constants, fstat, lstat, open, readlink, realpath } from 'node:fs'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { SourceBusyError } from '@rangekit/range-core'
import { Pace } from './adaptive-read.ts'
import { isRemote } from './remote.ts'

// Plain descriptors rather than FileHandles: they are cheaper to read from, and nothing but us closes them.
const openFd = promisify(open)
const closeFd = promisify(close)
const fstatFd = promisify(fstat)
const lstatPath = promisify(lstat)
const realPath = promisify(realpath.native)
const readLink = promisify(readlink)

/** A regular file inside the root, open for reading, as it was when it was opened. */
export interface OpenFile {
  readonly fd: number
  readonly stats: BigIntStats
  /** When its path was looked at, just before it was opened: by `performance.now()`, and by the wall clock. */
  readonly checkedAt: number
  readonly checkedDate: number
  /** Whether it lies on a file system that may never answer. */
  readonly remote: boolean
  readonly pace: Pace
}

// O_NONBLOCK: opening a FIFO for reading must not wait for a writer. It means nothing for a regular file.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** What means that there is nothing to serve, rather than that something is broken. */
const ABSENT = new Set([
  ...['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'],
  ...['EACCES', 'EPERM', 'ENXIO', 'ENODEV', 'EOPNOTSUPP'],
])
const BUSY = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'])

/**
 * Opens a file below `root` and looks at the descriptor, never again at the path: what was checked is what
 * will be read.
 *
 * @param root the real path of the folder.
 * @returns `undefined` where there is no regular, readable file, or where it lies outside the root or in
 * hiding once symbolic links are followed.
 * @throws SourceBusyError where descriptors have run out; other faults as they come.
 */
export async function openFile(root: string, key: string): Promise<OpenFile | undefined> {
  try {
    return await openBelow(root, join(root, key))
  } catch (error) {
    const code = errorCode(error)
    if (ABSENT.has(code)) return undefined
    if (BUSY.has(code)) throw new SourceBusyError('No file can be opened just now', { cause: error })
    throw error
  }
}

async function openBelow(root: string, path: string): Promise<OpenFile | undefined> {
  const [checkedAt, checkedDate] = [performance.now(), Date.now()]
  const fd = await openFd(path, FLAGS)
  let keep = false
  try {
    const real = await realPathOf(fd, path)
    const stats = await fstatFd(fd, { bigint: true })
    if (!stats.isFile() || !isVisibleBelow(root, real)) return undefined
    const remote = await isRemote(fd, real, stats.dev)
    keep = true
    return { fd, stats, checkedAt, checkedDate, remote, pace: new Pace(remote) }
  } finally {
    if (!keep) await closeFd(fd)
  }
}

/**
 * Where the open descriptor's file lies (or lay, if it was replaced in the meantime), symbolic links followed; an empty
 * text where that cannot be told.
 */
async function realPathOf(fd: number, path: string): Promise<string> {
  // Linux tells it of the descriptor itself, so that nothing can be exchanged in between.
  const told =
    process.platform === 'linux' ? await readLink(`/proc/self/fd/${fd}`).catch(() => undefined) : undefined
  if (told !== undefined) return told
  const real = await realPath(path)
  const [there, here] = await Promise.all([lstatPath(real, { bigint: true }), fstatFd(fd, { bigint: true })])
  return there.ino === here.ino && there.dev === here.dev ? real : ''
}

function isVisibleBelow(root: string, real: string): boolean {
  const base = root.endsWith(sep) ? root : root + sep
  return real.startsWith(base) && !real.slice(base.length - 1).includes(`${sep}.`)
}

/** The `code` of a system error, or an empty text. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/**
 * Closes a descriptor once nothing is under way on it: its number may be given to another file at once. A fault is not
 * worth a response that was sent well.
 */
export async function closeFile({ fd, pace }: Pick<OpenFile, 'fd' | 'pace'>): Promise<void> {
  const idle = pace.idle()
  if (idle !== undefined) await idle
  await closeFd(fd).catch(() => undefined)
}

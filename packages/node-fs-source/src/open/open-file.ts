import { type BigIntStats, constants, fstat, lstat, open, readlink, realpath } from 'node:fs'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { SourceBusyError } from '@rangekit/range-core'
import { errorCode } from '../error-code.ts'
import { AdaptiveRead } from '../read/adaptive-read.ts'
import { closeFd } from '../read/close-file.ts'
import type { ReadableFile } from '../read/read-into.ts'
import { isRemote } from '../read/remote-file-system.ts'

// Plain descriptors rather than FileHandles: they are cheaper to read from, and only this package closes them.
const openFd = promisify(open)
const lstatPath = promisify(lstat)
export const realPath = promisify(realpath.native)
const readLink = promisify(readlink)
export const fstatFd = promisify(fstat)

/** A regular file inside the root, open for reading, as it was when it was opened. */
export interface OpenFile extends ReadableFile {
  readonly stats: BigIntStats
  /** When its path was checked, just before the file was opened, by `performance.now()`. */
  readonly checkedAt: number
  /** The same moment by the wall clock, in milliseconds since the epoch. */
  readonly checkedDate: number
  /** Whether it is on a file system that may never answer. */
  readonly remote: boolean
}

// O_NONBLOCK: opening a FIFO for reading must not wait for a writer. It has no effect on a regular file.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

const codes = (text: string) => new Set(text.split(' '))
/** Codes that mean there is nothing to serve, rather than that something is broken. */
const ABSENT = codes('ENOENT ENOTDIR EISDIR ELOOP ENAMETOOLONG EINVAL EACCES EPERM ENXIO ENODEV EOPNOTSUPP')
const BUSY = codes('EMFILE ENFILE ENOMEM EAGAIN')

/**
 * Opens a file below `root`. All checks are made on the descriptor, so what was checked is what will be read.
 *
 * @param root the real path of the folder.
 * @returns `undefined` where there is no regular, readable file, or where symbolic links lead outside the root or to
 * a dotfile.
 * @throws SourceBusyError where descriptors have run out; other faults unchanged.
 */
export function openFile(root: string, key: string): Promise<OpenFile | undefined> {
  return undefinedIfAbsent(() => openBelow(root, join(root, key)))
}

/** Whether a path below `root` names anything. Unlike opening it, this needs no descriptor. */
export async function exists(root: string, key: string): Promise<boolean> {
  return (await undefinedIfAbsent(() => lstatPath(join(root, key)))) !== undefined
}

/**
 * What a task on the file system returns, or `undefined` where it fails because there is no such file, or none that can
 * be read.
 *
 * @throws SourceBusyError where descriptors have run out; other faults unchanged.
 */
export async function undefinedIfAbsent<T>(task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task()
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
    return { fd, stats, checkedAt, checkedDate, remote, adaptiveRead: new AdaptiveRead(remote) }
  } finally {
    if (!keep) await closeFd(fd)
  }
}

/**
 * The path of an open file with symbolic links followed (or its former path, if it was replaced since it was opened);
 * empty where that cannot be determined.
 */
async function realPathOf(fd: number, path: string): Promise<string> {
  // Linux reports it for the descriptor itself, so nothing can be swapped in between.
  const ofDescriptor =
    process.platform === 'linux' ? await readLink(`/proc/self/fd/${fd}`).catch(() => undefined) : undefined
  if (ofDescriptor !== undefined) return ofDescriptor
  const real = await realPath(path)
  const [there, here] = await Promise.all([lstatPath(real, { bigint: true }), fstatFd(fd, { bigint: true })])
  return there.ino === here.ino && there.dev === here.dev ? real : ''
}

/** Whether a real path is inside the root, and below it no dotfile. */
export function isVisibleBelow(root: string, real: string): boolean {
  const base = root.endsWith(sep) ? root : root + sep
  return real.startsWith(base) && !real.slice(base.length - 1).includes(`${sep}.`)
}

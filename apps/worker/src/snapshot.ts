import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, open, rm } from 'node:fs/promises'

/** One version of a file: its bytes, read between two checks that found the same size and times. */
export interface Snapshot {
  readonly version: string
  /** In bytes. */
  readonly size: number
  /** The bytes; `undefined` if they are in the copy. */
  readonly bytes: Buffer<ArrayBuffer> | undefined
}

export interface SnapshotOptions {
  /** Whether a version is stored already, so that it need not be read. */
  readonly isKnown: (version: string) => boolean
  /** Files of this many bytes or more are copied rather than read into memory. */
  readonly copyFrom: number
  /** The path of the copy. */
  readonly copy: string
  /** Cancels the copying. Default: none. */
  readonly signal?: AbortSignal | undefined
}

/** How many times a file is read if it changes while it is read. */
const ATTEMPTS = 3

/**
 * Reads or copies a file that other programs may be writing to.
 *
 * @returns `undefined` if its version is known.
 * @throws Error where the file cannot be read or copied, or changes during each attempt; the reason of `signal`.
 */
export async function takeSnapshot(path: Buffer, options: SnapshotOptions): Promise<Snapshot | undefined> {
  const { isKnown, copyFrom, copy, signal } = options
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // O_NONBLOCK: the file may have become a pipe since it was listed, and opening a pipe would wait for a writer.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const { version, size } = await versionOf(file)
    if (isKnown(version)) return undefined
    const bytes = size < copyFrom ? await readBytes(file, size) : undefined
    if (bytes === undefined) await copySparse(file, path, copy, signal)
    if ((await versionOf(file)).version === version) return { version, size, bytes }
  }
  throw new Error('it keeps changing')
}

async function versionOf(file: FileHandle): Promise<{ readonly version: string; readonly size: number }> {
  const stats = await file.stat({ bigint: true })
  if (!stats.isFile()) throw new Error('it is no longer a file')
  return { version: `${stats.size}-${stats.mtimeNs}-${stats.ctimeNs}`, size: Number(stats.size) }
}

async function readBytes(file: FileHandle, size: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.alloc(size)
  for (let length = 0; length < size; ) {
    const { bytesRead } = await file.read(bytes, length, size - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes
}

/**
 * Copies a file and keeps its holes. GNU's `cp` finds them. Elsewhere, as on macOS, the file system clones the file, or
 * all of it is copied.
 */
async function copySparse(
  file: FileHandle,
  path: Buffer,
  copy: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await rm(copy, { force: true })
  const args = ['--reflink=auto', '--sparse=always', '--', '/dev/stdin', copy]
  const cp = spawn('cp', args, { stdio: [file.fd, 'ignore', 'ignore'], ...(signal && { signal }) })
  const isCopied = await once(cp, 'close').then(
    ([code]) => code === 0,
    () => false,
  )
  signal?.throwIfAborted()
  if (!isCopied) await copyFile(path, copy, constants.COPYFILE_FICLONE)
}

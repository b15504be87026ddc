import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, open, rm } from 'node:fs/promises'

/** One version of a file: what its bytes were between two looks at it that found it the same. */
export interface Snapshot {
  readonly version: string
  readonly size: number
  /** The bytes; `undefined` where they are in the copy. */
  readonly bytes: Buffer<ArrayBuffer> | undefined
}

export interface SnapshotOptions {
  /** Whether a version need not be read. */
  readonly isKnown: (version: string) => boolean
  /** Files of this size and larger are copied. */
  readonly copyFrom: number
  /** Where to. */
  readonly copy: string
  readonly signal?: AbortSignal | undefined
}

/** How often a file may change while it is read. */
const ATTEMPTS = 3

/**
 * Reads or copies a file that others may write to at the same time.
 *
 * @returns `undefined` where the version is known.
 * @throws Error where the file cannot be read or copied, or changes whenever it is; the reason of `signal`.
 */
export async function takeSnapshot(path: Buffer, options: SnapshotOptions): Promise<Snapshot | undefined> {
  const { isKnown, copyFrom, copy, signal } = options
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // What has become a pipe since it was listed must not be waited for.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const { version, size } = await versionOf(file)
    if (isKnown(version)) return undefined
    const bytes = size < copyFrom ? await readBytes(file, size) : undefined
    if (bytes === undefined) await copySparse(file, path, copy, signal)
    if ((await versionOf(file)).version === version) return { version, size, bytes }
  }
  throw new Error('it changes all the time')
}

async function versionOf(file: FileHandle): Promise<{ readonly version: string; readonly size: number }> {
  const stats = await file.stat({ bigint: true })
  if (!stats.isFile()) throw new Error('it is not a file any more')
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

/** Keeps holes. GNU's `cp` looks for them; elsewhere, as on macOS, the file system clones the file or all is copied. */
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

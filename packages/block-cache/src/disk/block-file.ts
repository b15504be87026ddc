import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { closeFile, openPlainFile, type ReadableFile, readInto } from '@rangekit/node-fs-source/read'
import type { BlockId } from '../block-store.ts'

/**
 * Bytes behind those of the block: their CRC-32. Nothing is flushed to the disk, so a file may have its full length and
 * wrong bytes after a power failure.
 */
const TRAILER = 4
/** Bytes that are checked at once, so that checking never blocks the thread for long. */
const PIECE = 256 * 1024
/** Part of the checksum. Another text makes all files of earlier versions count as damaged. */
const FORMAT = 'rangekit block 1:'

const FAN_OUT = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'))
/** How many hashes of versions are remembered. */
const MAX_HASHES = 1000

/** Bytes of the file of a block. */
export function fileLength(length: number): number {
  return length + TRAILER
}

/** The length of the block in a file of this name; `undefined` if it is not the name of a block. */
export function lengthInName(name: string): number | undefined {
  const [, length] = /^[0-9a-f]{64}-\d{1,16}-(\d{1,16})$/.exec(name) ?? []
  return length === undefined ? undefined : Number(length)
}

/** Whether a folder of this name holds blocks. */
export function isFanOut(name: string): boolean {
  return FAN_OUT.includes(name)
}

/** Tells the path of each block, relative to the folder of all. */
export class BlockPaths {
  /** By version: a representation has one for all of its blocks. */
  readonly #hashes = new Map<string, string>()

  pathOf({ version, index, length }: BlockId): string {
    const hash = this.#hashes.get(version) ?? this.#hash(version)
    // Blocks of one representation are spread over all folders.
    const folder = FAN_OUT[(Number.parseInt(hash.slice(0, 2), 16) + index) % FAN_OUT.length]
    return `${folder}/${hash}-${index}-${length}`
  }

  #hash(version: string): string {
    const hash = createHash('sha256').update(version).digest('hex')
    if (this.#hashes.size >= MAX_HASHES) this.#hashes.clear()
    this.#hashes.set(version, hash)
    return hash
  }
}

/** What is to be written to a file. */
export interface NewBlock {
  /** Its path below the folder of all blocks. */
  readonly path: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** When it was last used, in milliseconds since the epoch. */
  readonly usedAt: number
}

/**
 * Writes a block: complete or not at all, whenever the process dies.
 *
 * @param aside where to write before it is complete; on the same file system.
 * @throws the error of the system; `aside` is removed then.
 */
export async function writeBlock(aside: string, target: string, block: NewBlock): Promise<void> {
  try {
    const file = await open(aside, 'wx', 0o600)
    try {
      const trailer = new Uint8Array(TRAILER)
      new DataView(trailer.buffer).setUint32(0, crc32(block.bytes, seedOf(block.path)))
      await writeAll(file, [block.bytes, trailer])
      const seconds = block.usedAt / 1000
      await file.utimes(seconds, seconds)
    } finally {
      await file.close()
    }
    await moveInto(aside, target)
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Writes again what a nearly full disk has not taken: that tells the error. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  let rest = parts
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest)
    rest = rest.flatMap((part) => {
      const taken = Math.min(bytesWritten, part.byteLength)
      bytesWritten -= taken
      return taken === part.byteLength ? [] : [part.subarray(taken)]
    })
  }
}

async function moveInto(aside: string, target: string): Promise<void> {
  try {
    await rename(aside, target)
  } catch {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    await rename(aside, target)
  }
}

/**
 * Opens the file of a block.
 *
 * @param path its path below the folder of all blocks.
 * @param isKnown whether this process has written it, or checked it before.
 * @returns `undefined` if it is damaged.
 * @throws the error of the system.
 */
export async function openBlock(
  file: string,
  path: string,
  length: number,
  isKnown: boolean,
): Promise<ReadableFile | undefined> {
  const opened = await openPlainFile(file)
  let keep = false
  try {
    keep = opened.length === fileLength(length) && (isKnown || (await isWhole(opened, path, length)))
  } finally {
    if (!keep) await closeFile(opened)
  }
  return keep ? opened : undefined
}

/** A file under the name of another one is damaged. */
function seedOf(path: string): number {
  return crc32(FORMAT + path)
}

async function isWhole(file: ReadableFile, path: string, length: number): Promise<boolean> {
  const piece = Buffer.allocUnsafe(Math.min(PIECE, fileLength(length)))
  let sum = seedOf(path)
  for (let position = 0; position < length; ) {
    const space = piece.subarray(0, Math.min(PIECE, length - position))
    const count = await readInto(file, space, position)
    if (count === 0) return false
    sum = crc32(space.subarray(0, count), sum)
    position += count
  }
  const trailer = piece.subarray(0, TRAILER)
  return (await readInto(file, trailer, length)) === TRAILER && trailer.readUInt32BE() === sum
}

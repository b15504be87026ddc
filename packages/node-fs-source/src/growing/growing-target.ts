import { type BigIntStats, constants, ftruncate, open, rename, rm, stat, write, writeFile } from 'node:fs'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { mediaType } from '@rangekit/media-type'
import type { EntityTag, ReadOptions, Representation } from '@rangekit/range-core'
import { fstatFd } from '../open/open-file.ts'
import { AdaptiveRead } from '../read/adaptive-read.ts'
import { closeFd, closeFile } from '../read/close-file.ts'
import type { ReadableFile } from '../read/read-into.ts'
import { isRemote } from '../read/remote-file-system.ts'
import { GROW_TIMEOUT } from './growing-options.ts'
import { GrowingRepresentation, type SharedGrowth } from './growing-representation.ts'
import { growingTags } from './growing-tags.ts'
import { Growth } from './progress/growth.ts'
import { LENGTH_SUFFIX, PARTIAL_SUFFIXES } from './writer/writing.ts'

const openPath = promisify(open)
const truncateFd = promisify(ftruncate)
const statPath = promisify(stat)
const renamePath = promisify(rename)
const removePath = promisify(rm)
const writeText = promisify(writeFile)
/** By hand: what it resolves to differs between runtimes. */
function writeFd(fd: number, bytes: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.byteLength, position, (error, count) => {
      if (error) reject(error)
      else resolve(count)
    })
  })
}

const [PARTIAL] = PARTIAL_SUFFIXES

/** Options of {@link growingFile}. */
export interface GrowingFileOptions {
  /** Bytes that the file will have in the end. Default: nobody knows; then players cannot seek ahead. */
  readonly completeLength?: number | undefined
  /** Whether to go on behind the bytes that an earlier attempt has left. Default: false, it begins anew. */
  readonly resume?: boolean | undefined
  /** Its media type. Default: by its extension. */
  readonly contentType?: string | undefined
  /** For how many milliseconds a reader waits while nothing is written. Default: 60,000. */
  readonly timeout?: number | undefined
}

/** A file that is written from its start to its end, and read meanwhile. */
export interface GrowingTarget {
  /** How many bytes an earlier attempt has left: the first one that is written goes there. */
  readonly position: number
  /**
   * Takes the bytes. Closing it gives the file its final name, or fails where bytes are missing; aborting it leaves what
   * there is for a later attempt.
   */
  readonly writable: WritableStream<Uint8Array>
  /** The file for one reader, who closes it; `undefined` once it is complete or given up, and all readers have gone. */
  open(): Representation | undefined
}

/**
 * Begins to write a file that can be read at once: here with `open`, and by a `fileSource` with the option `growing`, in
 * this process or another one. Until it is complete, its bytes are in `PATH.part`, and its final length, if it is known, in
 * `PATH.part.length`.
 *
 * @param path of the file; its folder must exist. A file that has this name is replaced when the new one is complete.
 * @throws RangeError if `completeLength` is not an integer from 0 to 2^53 - 1; the error of the system, with its `code`.
 * @example
 * const file = await growingFile('./media/new.bin', { completeLength: 3 })
 * const writer = file.writable.getWriter()
 * await writer.write(new Uint8Array([1, 2, 3]))
 * await writer.close()
 */
export async function growingFile(path: string, options: GrowingFileOptions = {}): Promise<GrowingTarget> {
  const { completeLength, resume = false, contentType = mediaType(basename(path)) } = options
  if (completeLength !== undefined && !(Number.isSafeInteger(completeLength) && completeLength >= 0)) {
    throw new RangeError(`completeLength must be an integer from 0 to 2^53 - 1, not ${completeLength}`)
  }
  const held = path + PARTIAL
  // Whoever reads what an earlier attempt has left still has it, and learns that it will not grow.
  if (!resume) await removePath(held, { force: true })
  // Before the file: whoever finds that knows its length.
  if (completeLength === undefined) await removePath(held + LENGTH_SUFFIX, { force: true })
  else await writeText(held + LENGTH_SUFFIX, `${completeLength}\n`)
  const written = await WrittenFile.open(path, options)
  return {
    position: written.growth.frontier,
    writable: new WritableStream(written, { highWaterMark: 1 }),
    open: () => written.use() && new GrowingRepresentation(written, contentType),
  }
}

/** The file of a {@link GrowingTarget}: what its stream writes to, and its readers share. */
class WrittenFile implements SharedGrowth, UnderlyingSink<Uint8Array> {
  readonly file: ReadableFile
  readonly growth: Growth
  readonly etag: EntityTag
  readonly #path: string
  readonly #stats: BigIntStats
  #isDone = false
  /** The writer is one of them. */
  #users = 1
  #position: number

  private constructor(path: string, file: ReadableFile, stats: BigIntStats, growth: Growth, etag: EntityTag) {
    this.#path = path
    this.file = file
    this.#stats = stats
    this.growth = growth
    this.etag = etag
    this.#position = growth.frontier
  }

  static async open(
    path: string,
    { completeLength, timeout = GROW_TIMEOUT }: GrowingFileOptions,
  ): Promise<WrittenFile> {
    const held = path + PARTIAL
    const fd = await openPath(held, constants.O_RDWR | constants.O_CREAT, 0o666)
    try {
      const found = await fstatFd(fd, { bigint: true })
      // What is longer than the whole belongs to another version.
      if (completeLength !== undefined && found.size > completeLength) await truncateFd(fd, 0)
      const stats = await fstatFd(fd, { bigint: true })
      const file = { fd, adaptiveRead: new AdaptiveRead(await isRemote(fd, held, stats.dev)) }
      const growth = new Growth(completeLength, Number(stats.size), timeout)
      const etag = await growingTags.tagOf({ ...file, stats }, completeLength)
      return new WrittenFile(path, file, stats, growth, etag)
    } catch (error) {
      await closeFd(fd)
      throw error
    }
  }

  /** `undefined` if it is closed. */
  use(): this | undefined {
    if (this.#users === 0) return undefined
    this.#users++
    return this
  }

  release(): void {
    this.#users--
    if (this.#users === 0) void closeFile(this.file)
  }

  whenThere(position: number, options?: ReadOptions): Promise<void> | undefined {
    return this.growth.whenThere(position, options)
  }

  async write(chunk: Uint8Array): Promise<void> {
    const { completeLength } = this.growth
    if (!(chunk instanceof Uint8Array)) throw this.#fail(new TypeError('A chunk is not a Uint8Array'))
    if (completeLength !== undefined && this.#position + chunk.byteLength > completeLength) {
      throw this.#fail(new Error(`More than ${completeLength} bytes were written`))
    }
    try {
      const { fd, adaptiveRead } = this.file
      for (let at = 0; at < chunk.byteLength; ) {
        const count = await adaptiveRead.track(() => writeFd(fd, chunk.subarray(at), this.#position))
        at += count
        this.#position += count
        this.growth.reach(this.#position)
      }
    } catch (error) {
      throw this.#fail(error)
    }
  }

  async close(): Promise<void> {
    const { completeLength } = this.growth
    if (completeLength !== undefined && this.#position < completeLength) {
      throw this.#fail(new Error(`${this.#position} of ${completeLength} bytes were written`))
    }
    const held = this.#path + PARTIAL
    try {
      const { ino, dev } = await statPath(held, { bigint: true })
      // Another writer, or whoever tidies up.
      if (ino !== this.#stats.ino || dev !== this.#stats.dev) throw new Error(`${held} was replaced`)
      await renamePath(held, this.#path)
      await removePath(held + LENGTH_SUFFIX, { force: true })
      growingTags.finish(await fstatFd(this.file.fd, { bigint: true }))
    } catch (error) {
      throw this.#fail(error)
    }
    this.growth.finish(this.#position)
    this.#end()
  }

  abort(reason: unknown): void {
    this.#fail(reason)
  }

  /** The writer gives up; the stream calls nothing of this any more. */
  #fail(reason: unknown): unknown {
    this.growth.fail(reason instanceof Error ? reason : new Error(String(reason)))
    this.#end()
    return reason
  }

  /** The stream may abort a file whose last write has failed already. */
  #end(): void {
    if (this.#isDone) return
    this.#isDone = true
    this.release()
  }
}

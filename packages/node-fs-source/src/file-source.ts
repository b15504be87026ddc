import { realpathSync, statSync } from 'node:fs'
import { mediaType } from '@rangekit/media-type'
import {
  andThen,
  type ByteRange,
  byteLength,
  type EntityTag,
  type MaybePromise,
  type RangeBytes,
  type RangeSource,
  READER_PROOF,
  type ReprDigests,
  type Representation,
  SourceBusyError,
} from '@rangekit/range-core'
import { isFileKey } from './file-key.ts'
import { GrowingFiles } from './growing/growing-files.ts'
import { type GrowingOptions, type GrowthReader, growingOptions } from './growing/growing-options.ts'
import { GrowingRepresentation } from './growing/growing-representation.ts'
import type { SharedFile } from './open/cached-file.ts'
import { OpenFileCache } from './open/open-file-cache.ts'
import { readInto } from './read/read-into.ts'

/** Options of {@link fileSource}. */
export interface FileSourceOptions {
  /** The media type for a key. Default: by its extension, see `@rangekit/media-type`. */
  readonly contentType?: (key: string) => string | undefined
  /**
   * Whether to read the SHA-256 of `NAME` from `NAME.sha256` in the same folder, in the format of `sha256sum`.
   * Default: false.
   */
  readonly digests?: boolean
  /** How many files may stay open between requests; each closes half a second after its last one. Default: 256. */
  readonly maxOpenFiles?: number
  /**
   * For how many milliseconds an open file is trusted to be the file at its path, before the path is checked again.
   * 0: every request checks. Default: 1000.
   */
  readonly revalidateAfter?: number
  /**
   * Whether files are served while they are still being written. Reads of bytes that are still to come wait for them.
   *
   * Built in are `NAME.part` and `NAME.crdownload`, which are served as `NAME` while there is no such file, with the final
   * length from `NAME.part.length` if that exists, and what aria2 downloads, by its `NAME.aria2`. A function tells of
   * others; what it returns is what is known of the file. Their writers only append, or write behind a frontier that is
   * known. Default: false.
   */
  readonly growing?: boolean | GrowthReader | GrowingOptions
}

/** What {@link fileSource} returns. */
export interface FileSource extends RangeSource {
  /** How many files are open at the moment: those in use, and those that stay open for the next request. */
  readonly openFiles: number
}

/** The most bytes in one read. A range up to this length is one read; a longer one is streamed in pieces. */
const MAX_READ = 256 * 1024
/** How often a file is opened whose state changes while it is opened. */
const MAX_ATTEMPTS = 3
/** Piece size until the client has taken READER_PROOF bytes, then MAX_READ: a stalled client holds one or two. */
const FIRST_PIECES = 64 * 1024

/**
 * Serves the files of a folder and its sub-folders as a source of byte ranges, on Node, Bun and Deno.
 *
 * A key is a relative path with `/` between its segments. Only regular files are served, and only those inside the
 * folder after symbolic links are followed; dotfiles never are. A file is opened once, described by that descriptor and
 * read from it, so a response never mixes two versions.
 *
 * @param root the folder.
 * @throws Error, at once, where `root` does not exist or cannot be accessed; TypeError where it is not a folder.
 * @example
 * const handler = createHandler(fileSource('./media'))
 */
export function fileSource(root: string, options: FileSourceOptions = {}): FileSource {
  const realRoot = realpathSync(root)
  if (!statSync(realRoot).isDirectory()) throw new TypeError(`Not a folder: ${root}`)
  const { contentType = mediaType, digests = false, maxOpenFiles = 256, revalidateAfter = 1000 } = options
  const whatGrows = growingOptions(options.growing)
  const growing = whatGrows && new GrowingFiles(realRoot, whatGrows)
  const files = new OpenFileCache(realRoot, { maxOpenFiles, revalidateAfter, digests, growing })

  const represent = (key: string, file: SharedFile | undefined) =>
    file && new FileRepresentation(file, contentType(key))

  function openSettled(key: string): MaybePromise<Representation | undefined> {
    // No promise where the file is open: most requests are for the same few files.
    return andThen(files.acquire(key), (file) =>
      growing === undefined || file?.isGrowing === false ? represent(key, file) : openGrowing(key, file),
    )
  }

  async function openGrowing(
    key: string,
    found: SharedFile | undefined,
  ): Promise<Representation | undefined> {
    // It may get its final name meanwhile, or its writer may be done, or another one begin.
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      found?.release()
      const file = await growing?.open(key, found !== undefined)
      if (file !== undefined) return new GrowingRepresentation(file, contentType(key))
      found = await files.acquire(key)
      if (found?.isGrowing !== true) return represent(key, found)
    }
    found?.release()
    throw new SourceBusyError('The file begins and ends to be written')
  }

  return {
    get openFiles() {
      return files.openFiles + (growing?.openFiles ?? 0)
    },
    open(key) {
      if (!isFileKey(key)) return undefined
      return andThen(growing?.acquire(key), (file) =>
        file === undefined ? openSettled(key) : new GrowingRepresentation(file, contentType(key)),
      )
    },
  }
}

class FileRepresentation implements Representation {
  readonly etag: EntityTag | undefined
  readonly lastModified: Date | undefined
  readonly completeLength: number
  readonly contentType: string | undefined
  readonly digests: ReprDigests | undefined
  readonly cacheControl: string | undefined
  /** Whether `close` was called. Nothing may be read after that: the descriptor may belong to another file. */
  closed = false
  readonly #file: SharedFile

  constructor(file: SharedFile, contentType: string | undefined) {
    const { etag, lastModified } = file.validators
    this.etag = etag
    // The next change might not show in the file's times, so no cache may keep this response (9111 §5.2.2.5).
    this.cacheControl = etag?.weak ? 'no-store' : undefined
    this.lastModified = lastModified
    this.completeLength = Number(file.stats.size)
    this.contentType = contentType
    this.digests = file.digests
    this.#file = file
  }

  read(range: ByteRange): RangeBytes | Promise<RangeBytes> {
    return byteLength(range) <= MAX_READ ? this.#readWhole(range) : this.#stream(range)
  }

  readInto(target: Uint8Array<ArrayBuffer>, position: number): number | Promise<number> {
    return readInto(this.#file, target, position, this)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.#file.release()
  }

  /** Reads a range in one piece; the result is shorter than the range where the file has become shorter. */
  async #readWhole({ firstPos, lastPos }: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
    // Uninitialised memory: only the bytes that were read into it leave this function.
    const bytes = Buffer.allocUnsafe(lastPos - firstPos + 1)
    let filled = 0
    while (filled < bytes.byteLength) {
      const bytesRead = await this.readInto(bytes.subarray(filled), firstPos + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  }

  /** A range as a stream that reads each piece when it is pulled. */
  #stream({ firstPos, lastPos }: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>> {
    let position = firstPos
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
      const length = position - firstPos < READER_PROOF ? FIRST_PIECES : MAX_READ
      const piece = { firstPos: position, lastPos: Math.min(position + length - 1, lastPos) }
      const bytes = await this.#readWhole(piece)
      position += bytes.byteLength
      if (bytes.byteLength > 0) controller.enqueue(bytes)
      if (position > lastPos || bytes.byteLength < byteLength(piece)) controller.close()
    }
    return new ReadableStream({ pull }, { highWaterMark: 0 })
  }
}

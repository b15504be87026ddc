import { realpathSync, statSync } from 'node:fs'
import { mediaType } from '@rangekit/media-type'
import {
  type ByteRange,
  byteLength,
  type EntityTag,
  type RangeBytes,
  type RangeSource,
  READER_PROOF,
  type ReprDigests,
  type Representation,
} from '@rangekit/range-core'
import type { SharedFile } from './entry.ts'
import { isFileKey } from './file-key.ts'
import { OpenFiles } from './open-files.ts'
import { readInto } from './read-into.ts'

export interface FileSourceOptions {
  /** The media type of a file by its key. Default: by its extension, see `@rangekit/media-type`. */
  readonly contentType?: (key: string) => string | undefined
  /** Reads the SHA-256 of `NAME` from `NAME.sha256` beside it, in the format of `sha256sum`. Default: false. */
  readonly digests?: boolean
  /** How many files may stay open between requests; they close half a second after the last. Default: 256. */
  readonly maxOpenFiles?: number
  /**
   * For how many milliseconds an open file is taken for what its path names, before the path is looked at
   * again. 0: every request looks. Default: 1000.
   */
  readonly revalidateAfter?: number
}

/** A range of this many bytes or fewer is one read; longer ones are streamed in pieces. */
const WHOLE = 256 * 1024
/** Pieces are small as long as a client may be asleep, for it holds on to one or two of them... */
const FIRST_PIECES = 64 * 1024
/** ...and large once more was taken than kernels keep for a reader that sleeps. */
const LATER_PIECES = 256 * 1024

/**
 * The files of a folder, and of the folders in it, as a source of byte ranges, for Node, Bun and Deno.
 *
 * A key is a relative path with `/` between its segments. Only regular files are served that lie inside the
 * folder once symbolic links are followed; dotfiles never are. A file is opened once, described by that
 * descriptor and read from it, so that a response never mixes two versions.
 *
 * @param root the folder.
 * @throws Error at once where `root` is no folder.
 * @example
 * const handler = createHandler(fileSource('./media'))
 */
export function fileSource(root: string, options: FileSourceOptions = {}): RangeSource {
  const realRoot = realpathSync(root)
  if (!statSync(realRoot).isDirectory()) throw new TypeError(`Not a folder: ${root}`)
  const { contentType = mediaType, digests = false, maxOpenFiles = 256, revalidateAfter = 1000 } = options
  const files = new OpenFiles(realRoot, { maxOpenFiles, revalidateAfter, digests })

  return {
    open(key) {
      if (!isFileKey(key)) return undefined
      const represent = (file: SharedFile | undefined) =>
        file && new FileRepresentation(file, contentType(key))
      const file = files.acquire(key)
      // Without a promise where the file is open: most requests are for the same few files.
      return file instanceof Promise ? file.then(represent) : represent(file)
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
  /** Whether `close` was called. Nothing is read any more then: the descriptor may belong to another file. */
  closed = false
  readonly #file: SharedFile

  constructor(file: SharedFile, contentType: string | undefined) {
    const { etag, lastModified } = file.validators
    this.etag = etag
    // The next change might not show in the file's times: no cache may keep this answer (9111 §5.2.2.5).
    this.cacheControl = etag?.weak ? 'no-store' : undefined
    this.lastModified = lastModified
    this.completeLength = Number(file.stats.size)
    this.contentType = contentType
    this.digests = file.digests
    this.#file = file
  }

  read(range: ByteRange): RangeBytes | Promise<RangeBytes> {
    return byteLength(range) <= WHOLE ? this.#readWhole(range) : this.#stream(range)
  }

  readInto(target: Uint8Array<ArrayBuffer>, position: number): number | Promise<number> {
    return readInto(this.#file, target, position, this)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.#file.release()
  }

  /** One range in one piece; shorter than asked where the file is. */
  async #readWhole({ firstPos, lastPos }: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
    // Not cleared: only what was read into it is given out.
    const bytes = Buffer.allocUnsafe(lastPos - firstPos + 1)
    let filled = 0
    while (filled < bytes.byteLength) {
      const bytesRead = await this.readInto(bytes.subarray(filled), firstPos + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  }

  /** One range as a stream that reads a piece when it is asked for one. */
  #stream({ firstPos, lastPos }: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>> {
    let position = firstPos
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
      const length = position - firstPos < READER_PROOF ? FIRST_PIECES : LATER_PIECES
      const piece = { firstPos: position, lastPos: Math.min(position + length - 1, lastPos) }
      const bytes = await this.#readWhole(piece)
      position += bytes.byteLength
      if (bytes.byteLength > 0) controller.enqueue(bytes)
      if (position > lastPos || bytes.byteLength < byteLength(piece)) controller.close()
    }
    return new ReadableStream({ pull }, { highWaterMark: 0 })
  }
}

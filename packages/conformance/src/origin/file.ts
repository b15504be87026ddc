import { createHash } from 'node:crypto'
import { bytesAt } from './content.ts'
import type { Served } from './correct/answer.ts'

const FIRST_MODIFIED = Date.parse('2024-02-29T12:00:00Z')
const MINUTE_MS = 60_000
/** Most bytes made at a time. */
const PIECE = 64 * 1024

/** One file of the origin. Its versions have the same length. */
export class ChaosFile implements Served {
  /** Which version its content is of. */
  version = 1
  /** Which version its validators are of. */
  #tag = 1
  #digest: { readonly version: number; readonly sha256: string } | undefined
  readonly completeLength: number

  constructor(completeLength: number) {
    this.completeLength = completeLength
  }

  get etag(): string {
    return `"version-${this.#tag}"`
  }

  get lastModified(): Date {
    return new Date(FIRST_MODIFIED + this.#tag * MINUTE_MS)
  }

  /** Becomes a new version. */
  change(): void {
    this.version++
    this.#tag = this.version
  }

  /** Becomes a new version whose validators are those of the old one. */
  changeSilently(): void {
    this.version++
  }

  sha256(): string {
    const { version } = this
    if (this.#digest?.version !== version) {
      const hash = createHash('sha256')
      for (const piece of piecesAt(version, 0, this.completeLength - 1)) hash.update(piece)
      this.#digest = { version, sha256: hash.digest('base64') }
    }
    return this.#digest.sha256
  }
}

/** The bytes of a version, both positions inclusive, in pieces of a moderate length. */
export function* piecesAt(version: number, firstPos: number, lastPos: number): Generator<Uint8Array> {
  for (let position = firstPos; position <= lastPos; position += PIECE) {
    yield bytesAt(version, position, Math.min(position + PIECE - 1, lastPos))
  }
}

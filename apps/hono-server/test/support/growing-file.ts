import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { positionBytes } from '@rangekit/test-kit/bytes'
import type { TestFolder } from '@rangekit/test-kit/folder'

/** A file that another process than the server writes, as downloaders do. */
export interface Writer {
  /** The path of its stream. */
  readonly path: string
  /** All of its bytes in the end. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Writes so many more bytes. */
  write(count: number): void
  /** Writes the rest, and gives the file its final name. */
  finish(): void
  /** Removes it: nothing will follow. */
  giveUp(): void
}

let made = 0

/** Begins to write a file of `length` bytes, of which `there` are there. Its length is known if `isKnown`. */
export function beginFile(folder: TestFolder, length: number, there: number, isKnown = false): Writer {
  const name = `${made++}.bin`
  const bytes = positionBytes(length)
  const partial = folder.at(`${name}.part`)
  let written = there
  if (isKnown) writeFileSync(`${partial}.length`, String(length))
  writeFileSync(partial, bytes.subarray(0, there))
  const write = (count: number) => {
    appendFileSync(partial, bytes.subarray(written, written + count))
    written += count
  }
  return {
    path: `/api/stream/${name}`,
    bytes,
    write,
    finish() {
      write(length - written)
      renameSync(partial, folder.at(name))
      rmSync(`${partial}.length`, { force: true })
    },
    giveUp: () => rmSync(partial),
  }
}

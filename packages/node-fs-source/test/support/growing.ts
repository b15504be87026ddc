import { appendFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ByteRange, OPEN_END, type Representation } from '@rangekit/range-core'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { expect, onTestFinished } from 'vitest'
import { type FileSourceOptions, fileSource } from '../../src/file-source.ts'
import { testFolder } from './folder.ts'

export const NAME = 'film.mp4'
/** Neither this nor what is written of it at a time is a multiple of a piece or a page. */
export const FILM = positionBytes(150_001)
/** The same length, and at no position the same four bytes. */
export const OTHER = FILM.map((byte) => byte ^ 0x55)
export const { byteLength: LENGTH } = FILM
export const WHOLE: ByteRange = { firstPos: 0, lastPos: LENGTH - 1 }
export const REST: ByteRange = { firstPos: 0, lastPos: OPEN_END }
/** Nothing should happen in this time. */
const A_MOMENT = 120

/** A folder with a source that serves growing files, and a downloader in it. Nothing may be open when the test is done. */
export function growingFolder(growing: FileSourceOptions['growing'] = { timeout: 20_000 }) {
  const folder = testFolder()
  // Runs before the folder is removed.
  onTestFinished(() => expectNothingOpen(process.pid, folder.path))
  const source = fileSource(folder.path, { growing, maxOpenFiles: 0 })
  const part = folder.at(`${NAME}.part`)
  return {
    ...folder,
    source,
    part,
    /** Writes the sidecar. */
    declare: (length: number | string = FILM.byteLength) => writeFileSync(`${part}.length`, `${length}\n`),
    /** Writes the film as far as a position, from where it is. */
    grow(to: number = FILM.byteLength, path = part, film: Uint8Array = FILM) {
      appendFileSync(path, film.subarray(statSync(path, { throwIfNoEntry: false })?.size ?? 0, to))
    },
    finish: (path = part) => renameSync(path, folder.at(NAME)),
    drop: () => rmSync(part),
    async open(key = NAME): Promise<Representation> {
      const representation = await source.open(key)
      if (representation === undefined) throw new Error(`Nothing at ${key}`)
      return representation
    },
    /** Its tag, as of now. */
    async tag(): Promise<string | undefined> {
      const representation = await source.open(NAME)
      await representation?.close()
      return representation?.etag?.opaque
    },
  }
}

/** Reads a range to its end, and closes the representation. The result is shorter if the representation ends early. */
export async function readAll(
  representation: Representation,
  { firstPos, lastPos }: ByteRange = WHOLE,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  try {
    for (let position = firstPos; position <= lastPos; ) {
      const target = new Uint8Array(Math.min(40_000, lastPos + 1 - position))
      const count = await representation.readInto?.(target, position, { signal })
      if (!count) break
      pieces.push(target.subarray(0, count))
      position += count
    }
  } finally {
    await representation.close()
  }
  return Buffer.concat(pieces)
}

/** The same as a stream. */
export async function streamAll(
  representation: Representation,
  range: ByteRange = WHOLE,
): Promise<Uint8Array> {
  try {
    const bytes = await representation.read(range)
    return new Uint8Array(await new Response(bytes).arrayBuffer())
  } finally {
    await representation.close()
  }
}

/** The ways to read. */
export const READERS = [
  ['into buffers', readAll],
  ['as a stream', streamAll],
] as const

/** Fails for the first byte that is not that of the film. */
export function expectFilm(bytes: Uint8Array, firstPos = 0, length = FILM.byteLength - firstPos): void {
  expect(bytes.byteLength).toBe(length)
  expect(Buffer.compare(bytes, FILM.subarray(firstPos, firstPos + length))).toBe(0)
}

/** Rejects if anything happens within a moment. */
export async function stillWaits(reading: Promise<unknown>): Promise<void> {
  const first = await Promise.race([reading.then(() => 'ended', String), sleep(A_MOMENT, 'waits')])
  expect(first).toBe('waits')
}

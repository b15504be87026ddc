import type { MaybePromise } from '@rangekit/range-core'
import { type OpenFile, openFile } from '../open/open-file.ts'
import { closeFile } from '../read/close-file.ts'
import { readInto } from '../read/read-into.ts'
import { readAria2Control } from './aria2-control.ts'
import type { FileStats, GrowingOptions, GrowthFacts } from './growing-options.ts'

/** A file that is being written. */
export interface Writing {
  /** The key of the file that holds the bytes by now. */
  readonly held: string
  /** What is known of it; `undefined` if its writer is done. */
  readonly facts: (stats: FileStats) => MaybePromise<GrowthFacts | undefined>
  /** Whether the facts come from somewhere else than the file itself, which costs more. */
  readonly isIndirect: boolean
}

/** What writers put behind the name of a file that is not complete: yt-dlp and others, and Chromium. */
export const PARTIAL_SUFFIXES = ['.part', '.crdownload'] as const
/** What aria2 puts behind the name of a file for what it knows of it. */
export const CONTROL_SUFFIX = '.aria2'
/** What is put behind the name of a partial file for its final length. */
export const LENGTH_SUFFIX = '.length'

/** A control file of aria2 has a bit for each piece. */
const MAX_CONTROL = 16 * 1024 * 1024
const MAX_LENGTH = 64
/** The end of a partial file that has its final length from the start is empty for long. */
const TAIL = 4096

export function fileStats({ stats }: OpenFile): FileStats {
  return { size: Number(stats.size), modified: Number(stats.mtimeMs) }
}

/** How a file is being written that has its final name; `undefined` if it is not. */
export async function writingInPlace(
  root: string,
  key: string,
  file: OpenFile,
  { of }: GrowingOptions,
): Promise<Writing | undefined> {
  if ((await of?.(key, fileStats(file))) !== undefined)
    return { held: key, facts: (stats) => of?.(key, stats), isIndirect: true }
  // Of a control file that cannot be read, nothing counts as written.
  const control = () =>
    readSmall(root, key + CONTROL_SUFFIX, MAX_CONTROL, (bytes) => readAria2Control(bytes) ?? { frontier: 0 })
  return (await control()) === undefined ? undefined : { held: key, facts: control, isIndirect: true }
}

/** How a file is being written whose key names nothing yet; `undefined` if it is not. */
export async function writingAside(
  root: string,
  key: string,
  options: GrowingOptions,
): Promise<Writing | undefined> {
  for (const suffix of PARTIAL_SUFFIXES) {
    const held = key + suffix
    const file = await openFile(root, held)
    if (file === undefined) continue
    try {
      return await writingOf(root, key, held, file, options)
    } finally {
      await closeFile(file)
    }
  }
  return undefined
}

async function writingOf(
  root: string,
  key: string,
  held: string,
  file: OpenFile,
  { of, lengthOf }: GrowingOptions,
): Promise<Writing | undefined> {
  if ((await of?.(held, fileStats(file))) !== undefined)
    return { held, facts: (stats) => of?.(held, stats), isIndirect: true }
  const completeLength =
    (await readSmall(root, held + LENGTH_SUFFIX, MAX_LENGTH, readLength)) ?? (await lengthOf?.(key))
  if (await endsEmpty(file)) return undefined
  return { held, facts: () => ({ completeLength }), isIndirect: false }
}

/**
 * Whether a file ends in nothing but zeros: its writer has given it its final length, and will fill it in any order, as
 * Transmission does. How far it is, nobody knows.
 */
async function endsEmpty(file: OpenFile): Promise<boolean> {
  const size = Number(file.stats.size)
  if (size < TAIL) return false
  const tail = new Uint8Array(TAIL)
  const length = await readInto(file, tail, size - TAIL)
  return tail.subarray(0, length).every((byte) => byte === 0)
}

function readLength(bytes: Uint8Array): number | undefined {
  const text = new TextDecoder().decode(bytes).trim()
  const length = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(length) ? length : undefined
}

/**
 * Reads a small file, which is parsed as empty if it is too large.
 *
 * @returns `undefined` if there is none.
 */
async function readSmall<T>(
  root: string,
  key: string,
  limit: number,
  parse: (bytes: Uint8Array) => T,
): Promise<T | undefined> {
  const file = await openFile(root, key)
  if (file === undefined) return undefined
  try {
    const size = Number(file.stats.size) > limit ? 0 : Number(file.stats.size)
    const bytes = new Uint8Array(size)
    let filled = 0
    while (filled < size) {
      const count = await readInto(file, bytes.subarray(filled), filled)
      if (count === 0) break
      filled += count
    }
    return parse(bytes.subarray(0, filled))
  } finally {
    await closeFile(file)
  }
}

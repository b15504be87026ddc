import type { BigIntStats } from 'node:fs'
import type { MaybePromise } from '@rangekit/range-core'
import { isRecent } from '../../open/file-validators.ts'
import { exists, type OpenFile, openFile } from '../../open/open-file.ts'
import { closeFile } from '../../read/close-file.ts'
import { readInto } from '../../read/read-into.ts'
import type { FileStats, GrowingOptions, GrowthFacts, GrowthReader } from '../growing-options.ts'
import { readAria2Control } from './aria2-control.ts'

/** A file that is being written. */
export interface Writing {
  /** What holds its bytes by now, open. */
  readonly file: OpenFile
  /** The key of that file. */
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
/** Within this many milliseconds aria2 has written its first control file. */
const ALLOCATION_MS = 2000

export function fileStats({ size, mtimeMs }: BigIntStats): FileStats {
  return { size: Number(size), modified: Number(mtimeMs) }
}

/**
 * How a file is being written that has its final name; `undefined` if it is not.
 *
 * @throws RangeError if what a callback returns is not a length.
 */
export async function writingInPlace(
  root: string,
  key: string,
  file: OpenFile,
  { of }: GrowingOptions,
): Promise<Writing | undefined> {
  const told = await writingAsTold(key, file, of)
  if (told !== undefined) return told
  const path = key + CONTROL_SUFFIX
  let known: GrowthFacts = { frontier: 0 }
  // Of a control file that cannot be read, nothing counts as written that did not before.
  const control = () =>
    readSmall(root, path, MAX_CONTROL, (bytes) => {
      known = readAria2Control(bytes) ?? known
      return known
    })
  return (await control()) && { file, held: key, facts: control, isIndirect: true }
}

/** How a file is being written whose key names nothing yet; `undefined` if it is not. */
export async function writingAside(
  root: string,
  key: string,
  options: GrowingOptions,
): Promise<Writing | undefined> {
  for (const suffix of PARTIAL_SUFFIXES) {
    const file = await openFile(root, key + suffix)
    if (file === undefined) continue
    let writing: Writing | undefined
    try {
      writing = await writingOf(root, key, key + suffix, file, options)
      if (writing !== undefined) return writing
    } finally {
      if (writing === undefined) await closeFile(file)
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
  const told = await writingAsTold(held, file, of)
  if (told !== undefined) return told
  if (await endsEmpty(file)) return undefined
  const sidecar = () => readSmall(root, held + LENGTH_SUFFIX, MAX_LENGTH, readLength)
  let completeLength = (await sidecar()) ?? checkLength(await lengthOf?.(key))
  // Its writer may have learned it by now.
  const facts = async () => {
    completeLength ??= await sidecar()
    return { completeLength }
  }
  return { file, held, facts, isIndirect: false }
}

async function writingAsTold(
  held: string,
  file: OpenFile,
  of: GrowthReader | undefined,
): Promise<Writing | undefined> {
  if (of === undefined) return undefined
  const facts = async (stats: FileStats) => {
    const told = await of(held, stats)
    return told && { completeLength: checkLength(told.completeLength), frontier: checkLength(told.frontier) }
  }
  return (await facts(fileStats(file.stats))) && { file, held, facts, isIndirect: true }
}

function checkLength(length: number | undefined): number | undefined {
  if (length === undefined || (Number.isSafeInteger(length) && length >= 0)) return length
  throw new RangeError(`A length must be an integer from 0 to 2^53 - 1, not ${length}`)
}

/**
 * Whether a file was created just now, and ends in nothing but zeros. aria2 gives a file its length before it writes the
 * control file that says so.
 */
export async function isJustAllocated(file: OpenFile): Promise<boolean> {
  const { stats, checkedDate } = file
  const isNew = Math.abs(checkedDate - Number(stats.birthtimeMs)) < ALLOCATION_MS
  return isNew && isRecent(stats, checkedDate) && endsEmpty(file)
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
  // When descriptors run out, requests that have their file must not wait for another one to learn that this is missing.
  const file = (await exists(root, key)) ? await openFile(root, key) : undefined
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

import type { GrowingOptions, GrowthFacts } from '../growing/growing-options.ts'
import {
  CONTROL_SUFFIX,
  LENGTH_SUFFIX,
  PARTIAL_SUFFIXES,
  type Writing,
  writingAside,
  writingInPlace,
} from '../growing/writer/writing.ts'
import { type OpenFile, openFile } from '../open/open-file.ts'
import { closeFile } from '../read/close-file.ts'
import type { FolderEntry } from './list-folder.ts'
import { lookAt } from './look-at.ts'

/** What the state that `rangekit get` keeps of `NAME.part` is called. */
const RECORD = /\.json(?:\.new)?$/
/** What yt-dlp keeps: its state, and parts of a stream that it has not joined yet. */
const YT_DLP = /\.ytdl$|\.part-Frag\d+(?:\.part)?$/

/**
 * The entries of a folder as `fileSource` serves them while some of its files are being written: `NAME` for `NAME.part`,
 * with how much is there, and not what downloaders keep for themselves.
 *
 * @param folder a key, or `''` for the root.
 */
export async function growingEntries(
  root: string,
  folder: string,
  entries: readonly FolderEntry[],
  options: GrowingOptions,
): Promise<readonly FolderEntry[]> {
  const names = new Set(entries.map(({ name }) => name))
  return lookAt(entries.values(), async (entry) => {
    if (entry.kind === 'file' && isStateOf(entry.name, names)) return undefined
    return (await grown(root, folder, entry, names, options)) ?? entry
  })
}

/** Whether a downloader keeps a file for what it knows of another one. */
function isStateOf(name: string, names: ReadonlySet<string>): boolean {
  if (name.endsWith(CONTROL_SUFFIX) || YT_DLP.test(name)) return true
  if (name.endsWith(LENGTH_SUFFIX)) return isPartial(name.slice(0, -LENGTH_SUFFIX.length))
  const held = name.replace(RECORD, '')
  return held !== name && isPartial(held) && names.has(held)
}

function isPartial(name: string): boolean {
  return PARTIAL_SUFFIXES.some((suffix) => name.endsWith(suffix))
}

/** The entry of a file that is being written; `undefined` if it is not. Opens no file but those whose names say so. */
async function grown(
  root: string,
  folder: string,
  entry: FolderEntry,
  names: ReadonlySet<string>,
  options: GrowingOptions,
): Promise<FolderEntry | undefined> {
  if (entry.kind !== 'file') return undefined
  const { name, size, modified } = entry
  const keyOf = (last: string) => (folder === '' ? last : `${folder}/${last}`)
  const stats = { size, modified }
  const final = finalName(name, names)
  if (final !== undefined) {
    const writing = await writingAside(root, keyOf(final), options)
    if (writing === undefined) return undefined
    try {
      const facts = await writing.facts(stats)
      return facts && asGrowing({ ...entry, name: final }, facts)
    } finally {
      await closeFile(writing.file)
    }
  }
  const facts = names.has(name + CONTROL_SUFFIX)
    ? await (await openedWriting(root, keyOf(name), options))?.facts(stats)
    : await options.of?.(keyOf(name), stats)
  return facts && asGrowing(entry, facts)
}

/** What a partial file will be called; `undefined` if it is not one, or its final name is taken. */
function finalName(name: string, names: ReadonlySet<string>): string | undefined {
  for (const suffix of PARTIAL_SUFFIXES) {
    const final = name.slice(0, -suffix.length)
    if (name !== final + suffix || final === '') continue
    // Of two partial files, the source serves the first.
    const held = PARTIAL_SUFFIXES.map((other) => final + other).find((other) => names.has(other))
    return names.has(final) || held !== name ? undefined : final
  }
  return undefined
}

async function openedWriting(
  root: string,
  key: string,
  options: GrowingOptions,
): Promise<Writing | undefined> {
  const file: OpenFile | undefined = await openFile(root, key)
  if (file === undefined) return undefined
  try {
    return await writingInPlace(root, key, file, options)
  } finally {
    await closeFile(file)
  }
}

function asGrowing(entry: FolderEntry, { completeLength, frontier = entry.size }: GrowthFacts): FolderEntry {
  const there = Math.min(frontier, entry.size, completeLength ?? entry.size)
  if (completeLength === undefined) return { ...entry, size: there, growing: { frontier: there } }
  const whole = { ...entry, size: completeLength }
  return there === completeLength ? whole : { ...whole, growing: { frontier: there, completeLength } }
}

import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Span } from './spans.ts'

/** What tells one version of a file on a server from another. */
export interface FileVersion {
  readonly url: string
  /** A strong entity tag. */
  readonly etag: string | undefined
  /** In milliseconds since 1970. */
  readonly lastModified: number | undefined
  readonly length: number
}

/** What is known of a partial download: kept beside it, so that another process can go on. */
export interface PartRecord extends FileVersion {
  /** What has been written: sorted, and never touching. */
  readonly done: readonly Span[]
  /** The process that writes. */
  readonly pid: number
}

/** Whether bytes of both may stand in one file. */
export function isSameVersion(a: FileVersion, b: FileVersion): boolean {
  if (a.url !== b.url || a.length !== b.length) return false
  if (a.etag !== undefined || b.etag !== undefined) return a.etag === b.etag
  return a.lastModified !== undefined && a.lastModified === b.lastModified
}

/** Reads a record; `undefined` if there is none, or it is damaged. */
export async function readRecord(path: string): Promise<PartRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isRecord(record) ? record : undefined
  } catch {
    return undefined
  }
}

/** Replaces a record at once: whenever the process ends, there is the old one or the new one. */
export async function writeRecord(path: string, record: PartRecord): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(record))
  await rename(`${path}.new`, path)
}

function isRecord(value: unknown): value is PartRecord {
  if (typeof value !== 'object' || value === null) return false
  const { url, etag, lastModified, length, done, pid } = value as Partial<Record<keyof PartRecord, unknown>>
  return (
    typeof url === 'string' &&
    (etag === undefined || typeof etag === 'string') &&
    (lastModified === undefined || typeof lastModified === 'number') &&
    isPosition(length) &&
    isPosition(pid) &&
    areSpans(done, length)
  )
}

function areSpans(value: unknown, length: number): boolean {
  let reached = -1
  return (
    Array.isArray(value) &&
    value.every((span: unknown) => {
      if (!Array.isArray(span) || span.length !== 2) return false
      const [start, end]: unknown[] = span
      if (!isPosition(start) || !isPosition(end) || start <= reached || end <= start || end > length)
        return false
      reached = end
      return true
    })
  )
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

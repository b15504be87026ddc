import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type StoredObject, VERSION_FIELD } from './bucket-protocol.ts'
import type { LargeObject } from './large-objects.ts'
import { errorCode, listFiles, printable, type Warn } from './local-files.ts'
import { type Snapshot, type SnapshotOptions, takeSnapshot } from './snapshot.ts'

/** Files of this many bytes or more are not sent through workerd. Smaller ones are held in memory. */
const LARGE = 8 * 1024 * 1024

/** Faults of the machine rather than of one file: they end the start. */
const FATAL = new Set(['ABORT_ERR', 'EDQUOT', 'ENOSPC', 'EROFS'])

export interface FillOptions {
  /** The folder whose files the bucket should hold. */
  readonly dir: string
  /** The origin at which `bucket-worker.ts` listens. */
  readonly origin: string
  /** A folder to create for copies of large files, on the file system of the bucket. */
  readonly copies: string
  readonly warn: Warn
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes a local bucket hold the files of a folder and its sub-folders, and nothing else. A file that it already holds
 * in the same version is not sent again. Dotfiles and links that lead out of the folder are left out. A file that
 * cannot be stored is left out with a warning.
 *
 * @returns the large files. For each, the bucket holds a placeholder; see `placeObjects`.
 * @throws Error where the folder cannot be read or the bucket refuses an object; the reason of `signal`.
 */
export async function fillBucket(options: FillOptions): Promise<LargeObject[]> {
  const { dir, origin, copies, warn, signal } = options
  const stored = (await (await fetch(origin)).json()) as StoredObject[]
  // A placeholder that was never replaced has another size than the file.
  const known = new Map(
    stored.map(({ key, size, version }) => [key, version.startsWith(`${size}-`) && version]),
  )
  const outdated = new Set(known.keys())
  const large: LargeObject[] = []
  await mkdir(copies)
  for (const [key, path] of await listFiles(dir, warn)) {
    signal?.throwIfAborted()
    const copy = join(copies, String(large.length))
    const isKnown = (version: string) => known.get(key) === version
    const snapshot = await snapshotOrReason(path, { isKnown, copyFrom: LARGE, copy, signal })
    if (typeof snapshot === 'string') {
      warn(`left out ${printable(key)}: ${snapshot}`)
      continue
    }
    outdated.delete(key)
    if (snapshot === undefined) continue
    const { version, size, bytes } = snapshot
    const content = bytes ?? Buffer.from(version)
    await putObject(origin, { key, version, size: content.length }, Readable.from([content]), signal)
    if (bytes === undefined) large.push({ key, copy, size, version })
  }
  for (const key of outdated) await deleteObject(origin, key)
  return large
}

/** The fallback for `placeObjects`: sends large files through workerd. Refused files are left out with a warning. */
export async function uploadLarge(objects: readonly LargeObject[], options: FillOptions): Promise<void> {
  const { origin, warn, signal } = options
  for (const object of objects) {
    try {
      await putObject(origin, object, createReadStream(object.copy), signal)
    } catch (error) {
      signal?.throwIfAborted()
      warn(`left out ${printable(object.key)}: ${error instanceof Error ? error.message : error}`)
      await deleteObject(origin, object.key)
    }
  }
}

async function snapshotOrReason(
  path: Buffer,
  options: SnapshotOptions,
): Promise<Snapshot | string | undefined> {
  try {
    return await takeSnapshot(path, options)
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) return error instanceof Error ? error.message : String(error)
    if (FATAL.has(code)) throw error
    return code === 'ENOENT' ? 'it no longer exists' : `it cannot be read (${code})`
  }
}

/** Sends an object no faster than the bucket reads it. `fetch` would hold the whole file in memory. */
async function putObject(
  origin: string,
  { key, version, size }: StoredObject,
  body: Readable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const headers = { 'Content-Length': size, [VERSION_FIELD]: version }
  const storing = request(urlOf(origin, key), { method: 'PUT', headers, ...(signal && { signal }) })
  const answered = once(storing, 'response') as Promise<[IncomingMessage]>
  const [[response]] = await Promise.all([answered, pipeline(body, storing)])
  response.resume()
  if (response.statusCode !== 200) {
    throw new Error(`the local bucket answered ${response.statusCode} for ${printable(key)}`)
  }
}

async function deleteObject(origin: string, key: string): Promise<void> {
  await fetch(urlOf(origin, key), { method: 'DELETE' })
}

function urlOf(origin: string, key: string): string {
  return `${origin}/${key.split('/').map(encodeURIComponent).join('/')}`
}

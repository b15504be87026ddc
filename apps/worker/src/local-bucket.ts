import { once } from 'node:events'
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/**
 * Makes a local bucket hold the files of a folder, and of the folders in it, and nothing else. Files that it holds
 * already, by their length and modification time, are left alone. Dotfiles are left out, and links that lead out of
 * the folder.
 *
 * @param origin where `bucket-worker.ts` runs.
 * @throws Error where a file cannot be read or stored; the reason of `signal`.
 */
export async function fillBucket(dir: string, origin: string, signal?: AbortSignal): Promise<void> {
  const stored = (await (await fetch(origin)).json()) as Readonly<Record<string, string>>
  const files = await listFiles(await realpath(dir))
  for (const [key, path] of files) {
    signal?.throwIfAborted()
    const file = await open(path)
    try {
      const { size, mtimeMs } = await file.stat()
      const version = `${size}-${mtimeMs}`
      if (stored[key] !== version) await put(urlOf(origin, key), file, size, version, signal)
    } finally {
      await file.close()
    }
  }
  for (const key of Object.keys(stored)) {
    if (!files.has(key)) await fetch(urlOf(origin, key), { method: 'DELETE' })
  }
}

function urlOf(origin: string, key: string): string {
  return `${origin}/${key.split('/').map(encodeURIComponent).join('/')}`
}

/** Sends as many bytes as the file had, no faster than they are stored: `fetch` would take them all into memory. */
async function put(
  url: string,
  file: FileHandle,
  size: number,
  version: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const headers = { 'Content-Length': size, 'X-File-Version': version }
  const storing = request(url, { method: 'PUT', headers, ...(signal && { signal }) })
  const answered = once(storing, 'response') as Promise<[IncomingMessage]>
  const bytes =
    size === 0
      ? Readable.from([])
      : file.createReadStream({ autoClose: false, end: size - 1, highWaterMark: 2 ** 18 })
  const [[response]] = await Promise.all([answered, pipeline(bytes, storing)])
  response.resume()
  if (response.statusCode !== 200)
    throw new Error(`The local bucket answered ${response.statusCode} to ${url}`)
}

/** The files that may be served, by their key. */
async function listFiles(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const key = relative(root, path).split(sep).join('/')
    if (key.split('/').some((segment) => segment.startsWith('.'))) continue
    if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFileIn(root, path)))) files.set(key, path)
  }
  return files
}

async function leadsToFileIn(root: string, link: string): Promise<boolean> {
  const path = await realpath(link).catch(() => undefined)
  if (path === undefined || !path.startsWith(root + sep)) return false
  return (await stat(path)).isFile()
}

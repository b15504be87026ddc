import { openAsBlob } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/**
 * Makes a local bucket hold the files of a folder, and of the folders in it, and nothing else. Files that it holds
 * already, by their length and modification time, are left alone. Dotfiles are left out, and links that lead out of
 * the folder.
 *
 * @param origin where `bucket-worker.ts` runs.
 * @throws Error where a file cannot be read or stored, one that changes meanwhile among the reasons.
 */
export async function fillBucket(dir: string, origin: string, signal?: AbortSignal): Promise<void> {
  const call = async (method: string, key = '', init: RequestInit = {}) => {
    const path = key.split('/').map(encodeURIComponent).join('/')
    const response = await fetch(`${origin}/${path}`, { ...init, method, signal: signal ?? null })
    if (!response.ok) throw new Error(`The local bucket answered ${response.status} to ${method} ${key}`)
    return response
  }
  const stored = (await (await call('GET')).json()) as Readonly<Record<string, string>>
  const files = await listFiles(await realpath(dir))
  for (const [key, path] of files) {
    const { size, mtimeMs } = await stat(path)
    const version = `${size}-${mtimeMs}`
    if (stored[key] === version) continue
    // The Blob is read as it is sent, and fails where the file has changed.
    await call('PUT', key, { body: await openAsBlob(path), headers: { 'x-file-version': version } })
  }
  for (const key of Object.keys(stored)) if (!files.has(key)) await call('DELETE', key)
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

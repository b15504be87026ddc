import { isUtf8 } from 'node:buffer'
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'

/** Called with one printable line for each file that is not served. */
export type Warn = (line: string) => void

/** R2's limit for the name of an object, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024

/** Characters that could move the cursor, reorder or break the line, and the backslash, which escapes them. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\\]/gu

/**
 * Lists the files below a folder that may be served: no dotfiles, and no links that lead out of the folder. Names that
 * R2 cannot hold and folders that cannot be read are left out with a warning.
 *
 * @returns the path of each file by its key. Paths are bytes, because a folder on the path may have any name.
 * @throws Error where the folder itself cannot be read.
 */
export async function listFiles(dir: string, warn: Warn): Promise<Map<string, Buffer>> {
  const root = await realpath(dir, { encoding: 'buffer' })
  const files = new Map<string, Buffer>()
  const folders = [{ path: root, prefix: '' }]
  for (const { path, prefix } of folders) {
    for (const entry of await entriesOf(path, prefix, warn)) {
      const name = entry.name.toString()
      if (name.startsWith('.')) continue
      const key = prefix + name
      const below = Buffer.concat([path, Buffer.from('/'), entry.name])
      const isFile = entry.isFile() || (entry.isSymbolicLink() && (await leadsToFileIn(root, below)))
      if (!isFile && !entry.isDirectory()) continue
      if (!isUtf8(entry.name))
        warn(`left out ${printable(prefix)}${printable(entry.name)}: its name is not UTF-8`)
      else if (entry.isDirectory()) folders.push({ path: below, prefix: `${key}/` })
      else if (Buffer.byteLength(key) <= MAX_KEY_BYTES) files.set(key, below)
      else warn(`left out ${printable(key)}: its name is longer than ${MAX_KEY_BYTES} bytes`)
    }
  }
  return files
}

async function entriesOf(path: Buffer, prefix: string, warn: Warn): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(path, { encoding: 'buffer', withFileTypes: true })
  } catch (error) {
    if (prefix === '') throw error
    warn(`left out ${printable(prefix)}: the folder cannot be read (${errorCode(error)})`)
    return []
  }
}

async function leadsToFileIn(root: Buffer, link: Buffer): Promise<boolean> {
  try {
    const path = await realpath(link, { encoding: 'buffer' })
    const inside = path.subarray(0, root.length + 1).equals(Buffer.concat([root, Buffer.from('/')]))
    return inside && (await stat(path)).isFile()
  } catch {
    return false
  }
}

/**
 * Escapes what is not printable in a name, so that a name in a line of text can neither start a new line nor move the
 * terminal's cursor.
 *
 * @example
 * printable('a\nb') // a\u{a}b
 */
export function printable(name: string | Buffer): string {
  if (typeof name !== 'string' && !isUtf8(name)) {
    return name.toString('latin1').replace(/[^ -~]|\\/g, (byte) => `\\x${hex(byte).padStart(2, '0')}`)
  }
  return name.toString().replace(UNPRINTABLE, (character) => `\\u{${hex(character)}}`)
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16)
}

/** The code of a system error, such as `ENOENT`; `undefined` for other errors. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

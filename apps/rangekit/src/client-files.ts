import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { stripTypes } from './strip-types.ts'

/** A file that a page loads. */
export interface ClientFile {
  readonly text: string
  readonly contentType: string
  /** A strong entity tag, as sent. */
  readonly etag: string
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Built scripts, and in a checkout their sources. */
const FOLDER = new URL('./client/', import.meta.url)
const names = new Set(readdirSync(FOLDER))
const files = new Map<string, ClientFile>()

/**
 * A script, a style or a picture of the pages. In a checkout, `NAME.js` is made of `NAME.ts`, which loads the other
 * modules by their own names; the build makes one file of them.
 */
export function clientFile(name: string): ClientFile | undefined {
  const known = files.get(name)
  if (known !== undefined) return known
  const found = [name, name.replace(/\.js$/, '.ts')].find((candidate) => names.has(candidate))
  const contentType = found && TYPES[extname(found)]
  if (found === undefined || contentType === undefined || found.includes('.test.')) return undefined
  const source = readFileSync(new URL(found, FOLDER), 'utf8')
  const text = found.endsWith('.ts') ? stripTypes(source) : source
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  const file = { text, contentType, etag }
  files.set(name, file)
  return file
}

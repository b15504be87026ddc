import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { EntityTag } from '@rangekit/range-core'
import { etagOf } from './library/text-response.ts'
import { stripTypes } from './strip-types.ts'

/** A file that a page loads. */
export interface ClientFile {
  readonly data: Uint8Array<ArrayBuffer>
  readonly contentType: string
  readonly etag: EntityTag
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Built scripts, and in a checkout their sources. */
const FOLDER = new URL('./client/', import.meta.url)
const names = new Set(
  readdirSync(FOLDER).filter((name) => extname(name) in TYPES && !name.includes('.test.')),
)
const files = new Map<string, ClientFile>()

/**
 * A script, a style or a picture of the pages. In a checkout, `NAME.js` is made of `NAME.ts`, which loads the other
 * modules by their own names; the build makes one file of them.
 *
 * @returns `undefined` unless the name is one of those in the folder, read when the server started.
 */
export function clientFile(name: string): ClientFile | undefined {
  const known = files.get(name)
  if (known !== undefined) return known
  const found = [name, name.replace(/\.js$/, '.ts')].find((candidate) => names.has(candidate))
  const contentType = found && TYPES[extname(found)]
  if (found === undefined || contentType === undefined) return undefined
  const source = readFileSync(new URL(found, FOLDER), 'utf8')
  const data = new TextEncoder().encode(found.endsWith('.ts') ? stripTypes(source) : source)
  const file: ClientFile = { data, contentType, etag: etagOf(data) }
  files.set(name, file)
  return file
}

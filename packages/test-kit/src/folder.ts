import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Long ago, with a fraction of a second: files of this age have strong validators. */
export const LONG_AGO = new Date('2024-05-06T07:08:09.123Z')

export interface TestFolder extends Disposable {
  readonly path: string
  /** The path of something in it. */
  at(name: string): string
  /** Puts a file there that has not changed for long, folders on its way included. */
  put(name: string, bytes: Uint8Array | string): string
  /** The same for a file of zeros that takes no room. */
  putSparse(name: string, length: number): string
  remove(): void
}

/** A new temporary folder. */
export function makeFolder(): TestFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'rangekit-')))
  const at = (name: string) => join(path, name)
  const put = (name: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(at(name)), { recursive: true })
    writeFileSync(at(name), bytes)
    utimesSync(at(name), LONG_AGO, LONG_AGO)
    return at(name)
  }
  const putSparse = (name: string, length: number) => {
    put(name, '')
    truncateSync(at(name), length)
    utimesSync(at(name), LONG_AGO, LONG_AGO)
    return at(name)
  }
  const remove = () => rmSync(path, { recursive: true, force: true })
  return { path, at, put, putSparse, remove, [Symbol.dispose]: remove }
}

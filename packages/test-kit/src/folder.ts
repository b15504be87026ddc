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
  /** Absolute, without symbolic links. */
  readonly path: string
  /** The path of an entry, which need not exist. */
  at(name: string): string
  /** Writes a file in place, last modified at {@link LONG_AGO}. Creates missing folders, and returns its path. */
  put(name: string, bytes: Uint8Array | string): string
  /** The same for a file of zeros that takes no disk space. */
  putSparse(name: string, length: number): string
  remove(): void
}

/** Makes a temporary folder. Whoever makes it removes it; `using` and `sharedFolder` do so. */
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
  // A process that was stopped may still be writing.
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  return { path, at, put, putSparse, remove, [Symbol.dispose]: remove }
}

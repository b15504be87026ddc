import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { openBelow } from '@rangekit/test-kit/processes'
import { onTestFinished } from 'vitest'

export interface Folder extends TestFolder {
  /** Writes a file under another name and renames it into place, as if it had just changed. */
  put(key: string, content: Uint8Array | string): string
  /** Makes a file look as if it was changed so many seconds ago. */
  age(key: string, seconds: number): void
  /** How many descriptors of this process are open on files in it. */
  openDescriptors(): number
}

/** A folder whose files are replaced without disturbing their readers. */
export function makeReplacingFolder(): Folder {
  const folder = makeFolder()
  let written = 0
  return {
    ...folder,
    put(key, content) {
      const unfinished = folder.at(`.unfinished-${written++}`)
      mkdirSync(dirname(folder.at(key)), { recursive: true })
      writeFileSync(unfinished, content)
      renameSync(unfinished, folder.at(key))
      return folder.at(key)
    },
    age(key, seconds) {
      const time = Date.now() / 1000 - seconds
      utimesSync(folder.at(key), time, time)
    },
    openDescriptors: () => openBelow(process.pid, folder.path + sep).length,
  }
}

/** A folder that is removed when the test is done. */
export function testFolder(): Folder {
  const folder = makeReplacingFolder()
  onTestFinished(() => folder.remove())
  return folder
}

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder for one test, or one group of them. */
export class Folder {
  readonly path: string
  #written = 0

  constructor() {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'rangekit-')))
  }

  /** The path of something in it. */
  at(key: string): string {
    return join(this.path, key)
  }

  /** Writes a file the way that does not disturb its readers: beside its place, then renamed into it. */
  put(key: string, content: Uint8Array | string): void {
    const path = this.at(key)
    mkdirSync(dirname(path), { recursive: true })
    const unfinished = this.at(`.unfinished-${this.#written++}`)
    writeFileSync(unfinished, content)
    renameSync(unfinished, path)
  }

  /** Makes a file look as if it was changed so many seconds ago. */
  age(key: string, seconds: number): void {
    const time = Date.now() / 1000 - seconds
    utimesSync(this.at(key), time, time)
  }

  /** How many descriptors of this process are open on files in it. */
  openDescriptors(): number {
    return readdirSync('/proc/self/fd').filter((fd) => this.#holds(fd)).length
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }

  #holds(fd: string): boolean {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(this.path + sep)
    } catch {
      // The descriptor that listed the others is gone.
      return false
    }
  }
}

/** A folder that is removed when the test is done. */
export function testFolder(): Folder {
  const folder = new Folder()
  onTestFinished(() => folder.remove())
  return folder
}

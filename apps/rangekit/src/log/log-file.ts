import { closeSync, fstatSync, openSync, statSync, writeSync } from 'node:fs'
import { messageOf } from '../command/problem.ts'

/** The least time between two looks whether the file is still where it was, in milliseconds. */
const LOOK_AGAIN = 1000

/**
 * A file that lines are appended to. It is opened again if it was moved or deleted, as logrotate does it, a second later
 * at most. A full disk costs lines, and nothing else.
 */
export class LogFile {
  readonly #path: string
  readonly #report: (problem: string) => void
  #descriptor: number | undefined
  #lookedAt = 0
  /** Lines that were not written since the last one that was. */
  #lost = 0
  /** Whether what was written last may have been cut in the middle of a line. */
  #isTorn = false

  /**
   * @param report called when lines cannot be written, once until they can.
   * @throws the error of `open`, or an Error that says what else is wrong.
   */
  constructor(path: string, report: (problem: string) => void) {
    this.#path = path
    this.#report = report
    // Opening a pipe waits until somebody reads it.
    if (statSync(path, { throwIfNoEntry: false })?.isFIFO()) throw new Error('it is a pipe')
    this.reopen()
  }

  /** Opens the file again, for example after it was moved. */
  reopen(): void {
    const descriptor = openSync(this.#path, 'a', 0o640)
    this.close()
    this.#descriptor = descriptor
    this.#lookedAt = performance.now()
  }

  /** The same, but keeps the file that is open if there can be no other. */
  reopenIfPossible(): void {
    try {
      this.reopen()
    } catch (error) {
      this.#report(`${this.#path} cannot be opened again (${messageOf(error)})`)
    }
  }

  /** Appends lines, in one write. */
  write(lines: string): void {
    try {
      this.#follow()
      if (this.#lost > 0) this.#append(this.#isTorn ? '\n' : '')
      this.#append(lines)
      if (this.#lost > 0) this.#report(`${this.#path} is written again; ${this.#lost} lines are missing`)
      this.#lost = 0
      this.#isTorn = false
    } catch (error) {
      if (this.#lost === 0) this.#report(`${this.#path} cannot be written (${messageOf(error)})`)
      this.#lost += lines.split('\n').length - 1
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  /** Opens the file again if another one, or none, is in its place. */
  #follow(): void {
    const now = performance.now()
    if (this.#descriptor !== undefined && now - this.#lookedAt < LOOK_AGAIN) return
    this.#lookedAt = now
    const place = statSync(this.#path, { throwIfNoEntry: false })
    const own = this.#descriptor === undefined ? undefined : fstatSync(this.#descriptor)
    if (place === undefined || place.ino !== own?.ino || place.dev !== own.dev) this.reopen()
  }

  #append(lines: string): void {
    if (this.#descriptor === undefined || lines === '') return
    const bytes = Buffer.from(lines)
    for (let offset = 0; offset < bytes.byteLength; ) {
      const count = writeSync(this.#descriptor, bytes, offset)
      offset += count
      this.#isTorn = offset < bytes.byteLength
    }
  }
}

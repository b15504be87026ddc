/** Where lines go. */
export type WriteLines = (lines: string) => void

/** The longest batch for a pipe, which takes as many bytes at once (PIPE_BUF of POSIX): those of several processes do not mix. */
export const PIPE_BATCH = 4096
/** For a file that is appended to, where batches of any length do not mix. */
export const FILE_BATCH = 64 * 1024
/** How long a line waits for others, in milliseconds. */
const DELAY = 50
/** How many lines are made at a time: one after another they take less than each between two requests. */
const AT_A_TIME = 200

/** Collects lines, and hands on several at a time: a system call for each would be a tenth of a small range. */
export class LineBuffer {
  readonly #write: WriteLines
  readonly #longest: number
  readonly #waiting: (() => string)[] = []
  #lines = ''
  #byteLength = 0
  #timer: NodeJS.Timeout | undefined

  /** @param longest how many bytes are written at once, unless one line is longer. */
  constructor(write: WriteLines, longest: number) {
    this.#longest = longest
    this.#write = write
  }

  /** @param line makes a line with its line break, later: it must not depend on what may change. */
  add(line: () => string): void {
    this.#timer ??= setTimeout(() => this.flush(), DELAY).unref()
    if (this.#waiting.push(line) === AT_A_TIME) this.#make()
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#make()
    this.#handOn()
  }

  #make(): void {
    for (const make of this.#waiting.splice(0)) {
      try {
        this.#append(make())
      } catch (error) {
        console.error(error)
      }
    }
  }

  #append(line: string): void {
    const byteLength = Buffer.byteLength(line)
    if (this.#byteLength + byteLength > this.#longest) this.#handOn()
    this.#lines += line
    this.#byteLength += byteLength
  }

  #handOn(): void {
    const lines = this.#lines
    this.#lines = ''
    this.#byteLength = 0
    if (lines !== '') this.#write(lines)
  }
}

/** Where lines go: returns whether they were written. */
export type WriteLines = (lines: string) => void

/** The longest batch for a pipe, which takes as many bytes at once (PIPE_BUF of POSIX): those of several processes do not mix. */
export const PIPE_BATCH = 4096
/** For a file that is appended to, where batches of any length do not mix. */
export const FILE_BATCH = 64 * 1024
/** How long a line waits for others, in milliseconds. */
const DELAY = 50

/** Collects lines, and hands on several at a time: a system call for each would be a tenth of a small range. */
export class LineBuffer {
  readonly #write: WriteLines
  readonly #longest: number
  #lines = ''
  #byteLength = 0
  #timer: NodeJS.Timeout | undefined

  /** @param longest how many bytes are written at once, unless one line is longer. */
  constructor(write: WriteLines, longest: number) {
    this.#longest = longest
    this.#write = write
  }

  /** @param line with its line break. */
  add(line: string): void {
    const byteLength = Buffer.byteLength(line)
    if (this.#byteLength + byteLength > this.#longest) this.flush()
    this.#lines += line
    this.#byteLength += byteLength
    this.#timer ??= setTimeout(() => this.flush(), DELAY).unref()
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const lines = this.#lines
    this.#lines = ''
    this.#byteLength = 0
    if (lines !== '') this.#write(lines)
  }
}

/** Where lines go: returns whether they were written. */
export type WriteLines = (lines: string) => void

/**
 * A batch is one write and at most this long, so that those of several processes do not mix: a pipe takes as many bytes
 * at once (PIPE_BUF of POSIX).
 */
const MAX_BATCH = 4096
/** How long a line waits for others, in milliseconds. */
const DELAY = 50

/** Collects lines, and hands on several at a time: a system call for each would be a tenth of a small range. */
export class LineBuffer {
  readonly #write: WriteLines
  #lines = ''
  #timer: NodeJS.Timeout | undefined

  constructor(write: WriteLines) {
    this.#write = write
  }

  /** @param line with its line break. */
  add(line: string): void {
    if (this.#lines.length + line.length > MAX_BATCH) this.flush()
    this.#lines += line
    this.#timer ??= setTimeout(() => this.flush(), DELAY).unref()
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const lines = this.#lines
    this.#lines = ''
    if (lines !== '') this.#write(lines)
  }
}

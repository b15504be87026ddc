/**
 * Buffers that are read into and written from, used again and again: a new one for every chunk costs more than the
 * copy that it is for.
 */
export class BufferPool {
  /** Bytes in each buffer. */
  readonly size: number
  readonly #keep: number
  readonly #free: Buffer<ArrayBuffer>[] = []

  /**
   * @param size bytes in each buffer.
   * @param keep how many unused ones are kept for later.
   */
  constructor(size: number, keep: number) {
    this.size = size
    this.#keep = keep
  }

  take(): Buffer<ArrayBuffer> {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.size)
  }

  give(buffer: Buffer<ArrayBuffer>): void {
    if (this.#free.length < this.#keep) this.#free.push(buffer)
  }
}

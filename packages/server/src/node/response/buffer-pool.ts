/** Reusable buffers for reading and writing: allocating one per piece costs more than the copy that it is for. */
export class BufferPool {
  /** Bytes in each buffer. */
  readonly size: number
  readonly #keep: number
  readonly #free: Uint8Array<ArrayBuffer>[] = []

  /**
   * @param size bytes in each buffer.
   * @param keep how many unused buffers are kept for later.
   */
  constructor(size: number, keep: number) {
    this.size = size
    this.#keep = keep
  }

  /** A buffer whose content is arbitrary. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.size)
  }

  /** Returns a buffer that nothing reads from or writes to any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < this.#keep) this.#free.push(buffer)
  }
}

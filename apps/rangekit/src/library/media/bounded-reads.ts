import type { Representation } from '@rangekit/range-core'

/** Reads of a representation that are counted, and that end with a signal. */
export class BoundedReads {
  readonly #file: Representation
  readonly #signal: AbortSignal
  readonly #pending = new Set<Promise<unknown>>()
  #remaining: number

  /** @param maxBytes how many bytes may be read in all. */
  constructor(file: Representation, maxBytes: number, signal: AbortSignal) {
    this.#file = file
    this.#remaining = maxBytes
    this.#signal = signal
  }

  /**
   * The bytes from `start` to before `end`.
   *
   * @throws RangeError where that would be more than `maxBytes` in all; the reason of the signal after it was aborted.
   */
  async read(start: number, end: number): Promise<Uint8Array> {
    this.#signal.throwIfAborted()
    this.#remaining -= end - start
    if (this.#remaining < 0) throw new RangeError('More bytes than may be read')
    const reading = this.#read(start, end)
    this.#pending.add(reading)
    return reading.finally(() => this.#pending.delete(reading))
  }

  /** Resolves when no read is under way, so that the representation may be closed. Never rejects. */
  async whenIdle(): Promise<void> {
    await Promise.allSettled(this.#pending)
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    const content = await this.#file.read({ firstPos: start, lastPos: end - 1 }, { signal: this.#signal })
    const bytes =
      content instanceof Uint8Array ? content : new Uint8Array(await new Response(content).arrayBuffer())
    if (bytes.byteLength !== end - start) throw new Error('The file has changed')
    return bytes
  }
}

import type { ByteRange, MaybePromise, RangeBytes, ReadOptions, Representation } from '@rangekit/range-core'
import { aborted, type Outcome, reasonOf } from './outcome.ts'

/**
 * The last resort. What is held here must not lead to what is collected, so a fault in closing goes to the console and
 * not to `onError`, which leads to the request.
 */
const collected =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry((representation: OpenRepresentation) => {
        const end = async () => representation.end(aborted(new Error('The body was dropped before its end')))
        end().catch((error) => console.error(error))
      })

/**
 * The only way to an opened representation. It ends once, whichever way its body leaves: then the representation is
 * closed, after the reads under way have settled, and further reads throw.
 */
export class OpenRepresentation implements ReadOptions {
  /** Present if the source has it. */
  readonly readInto?: NonNullable<Representation['readInto']>
  readonly #opened: Representation
  /** Reads that have not settled. */
  #reading = 0
  #onIdle: (() => void) | undefined
  /** Ends whatever reads the body; set while something does, or holds a stream that it has not begun to read. */
  #endReader: (() => Promise<unknown>) | undefined
  #begun = false
  #watched = false
  #outcome: Outcome | undefined
  #closing: MaybePromise<void> = undefined
  #abandoned: AbortController | undefined

  constructor(opened: Representation) {
    this.#opened = opened
    if (opened.readInto !== undefined) this.readInto = this.#readInto
  }

  /** How it ended; `undefined` while it is open. Reads may still be under way when it has ended. */
  get outcome(): Outcome | undefined {
    return this.#outcome
  }

  /** Whether somebody has begun to read the body as a stream. */
  get begun(): boolean {
    return this.#begun
  }

  /** Aborted when the body ends while something is being read. */
  get signal(): AbortSignal {
    this.#abandoned ??= new AbortController()
    return this.#abandoned.signal
  }

  /** @throws Error once it has ended. */
  throwIfEnded(): void {
    if (this.#outcome !== undefined) throw new Error('The representation is closed')
  }

  /**
   * Reads one range.
   *
   * @param options Default: this, for its `signal`, which is made when the source looks at it.
   * @throws Error once it has ended, also where that was during the read.
   */
  read(range: ByteRange, options: ReadOptions = this): MaybePromise<RangeBytes> {
    this.throwIfEnded()
    const bytes = this.#opened.read(range, options)
    return bytes instanceof Promise ? this.#during(this.#unlessEnded(bytes)) : bytes
  }

  #readInto(target: Uint8Array<ArrayBuffer>, position: number): MaybePromise<number> {
    this.throwIfEnded()
    const count = this.#opened.readInto?.(target, position) ?? 0
    return count instanceof Promise ? this.#during(count) : count
  }

  /** Makes closing wait for a read. */
  async #during<T>(reading: Promise<T>): Promise<T> {
    this.#reading++
    try {
      return await reading
    } finally {
      this.#reading--
      if (this.#reading === 0) this.#onIdle?.()
    }
  }

  /** A stream that arrives too late is cancelled before the representation is closed. */
  async #unlessEnded(reading: Promise<RangeBytes>): Promise<RangeBytes> {
    const bytes = await reading
    if (this.#outcome !== undefined && bytes instanceof ReadableStream) {
      await bytes.cancel().catch(() => undefined)
    }
    this.throwIfEnded()
    return bytes
  }

  /** Says that a stream was opened ahead of the body's reader; it is cancelled if none begins. */
  hold(stream: ReadableStream): void {
    this.#endReader = () => stream.cancel()
  }

  /**
   * Says that the body is being read as a stream.
   *
   * @param reader ends the body as aborted when it is collected.
   * @param endReader how an end before the last byte stops the reading; it must not lead to `reader`.
   */
  begin(reader: object, endReader: () => Promise<unknown>): void {
    this.#begun = true
    this.#endReader = endReader
    this.endWhenCollected(reader)
  }

  /** Says that the reader of the body is at its end. */
  finish(): void {
    this.#endReader = undefined
  }

  /** Ends the body when an object is collected without which nobody can read it. */
  endWhenCollected(reader: object): void {
    this.#watched = true
    collected?.register(reader, this, this)
  }

  /**
   * Ends the body and closes the representation: at once where nothing is being read, else when that has settled; its
   * signal is aborted then. The first outcome counts; later calls wait for the same closing.
   */
  end(outcome: Outcome): MaybePromise<void> {
    if (this.#outcome !== undefined) return this.#closing
    if (this.#endReader === undefined && this.#reading === 0) return this.#close(outcome)
    this.#settle(outcome)
    this.#abandoned?.abort(reasonOf(outcome))
    this.#closing = this.#closeWhenIdle()
    return this.#closing
  }

  /** The same without waiting, for workerd: there reads end with their request, and never settle. */
  endNow(outcome: Outcome): MaybePromise<void> {
    if (this.#outcome !== undefined) return this.#closing
    this.#abandoned?.abort(reasonOf(outcome))
    return this.#close(outcome)
  }

  #close(outcome: Outcome): MaybePromise<void> {
    // First, so that the source's `close` is not called again if it throws.
    this.#settle(outcome)
    this.#closing = this.#opened.close()
    return this.#closing
  }

  #settle(outcome: Outcome): void {
    this.#outcome = outcome
    if (this.#watched) collected?.unregister(this)
  }

  async #closeWhenIdle(): Promise<void> {
    await this.#endReader?.()
    if (this.#reading > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    }
    await this.#opened.close()
  }
}

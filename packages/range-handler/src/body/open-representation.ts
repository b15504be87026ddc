import type { ByteRange, MaybePromise, RangeBytes, ReadOptions, Representation } from '@rangekit/range-core'
import type { TransferRecord } from '../transfer.ts'
import { aborted, type Outcome } from './outcome.ts'

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
  /** Present if the source has it. */
  readonly peek?: NonNullable<Representation['peek']>
  /** The record of the response, if somebody listens. Whatever sends the body counts the bytes. */
  transfer: TransferRecord | undefined
  readonly #opened: Representation
  /** Reads that have not settled. */
  #reading = 0
  #onIdle: (() => void) | undefined
  /** Stops whatever reads the body, or cancels a stream that nothing has begun to read. Never rejects. */
  #endReader: (() => Promise<unknown>) | undefined
  #begun = false
  #watched = false
  #outcome: Outcome | undefined
  #closing: MaybePromise<void> = undefined
  #abandoned: AbortController | undefined

  constructor(opened: Representation) {
    this.#opened = opened
    if (opened.readInto !== undefined) this.readInto = this.#readInto
    if (opened.peek !== undefined) this.peek = this.#peek
  }

  /** How it ended; `undefined` while it is open. Reads may still be under way when it has ended. */
  get outcome(): Outcome | undefined {
    return this.#outcome
  }

  /** Whether the body is being read, or was read, as a stream. */
  get begun(): boolean {
    return this.#begun
  }

  /** Aborted when the body ends before its last byte. */
  get signal(): AbortSignal {
    if (this.#abandoned === undefined) {
      this.#abandoned = new AbortController()
      this.#abandon()
    }
    return this.#abandoned.signal
  }

  #abandon(): void {
    const outcome = this.#outcome
    if (outcome === undefined || outcome.kind === 'complete') return
    this.#abandoned?.abort(outcome.kind === 'failed' ? outcome.cause : outcome.reason)
  }

  /** Whether the byte at a position is still to come, as far as the source knows now. */
  awaits(position: number): boolean {
    const opened = this.#opened
    return opened.isComplete === false && opened.frontier !== undefined && position >= opened.frontier
  }

  /**
   * Waits for the byte at a position, or until it is known never to come.
   *
   * @returns `undefined` if there is nothing to wait for, or the source waits in its reads alone.
   * @throws Error once it has ended, or, as a rejection, when it ends or the source fails.
   */
  whenThere(position: number): Promise<void> | undefined {
    this.throwIfEnded()
    const waiting = this.#opened.whenThere?.(position, this)
    return waiting && this.#during(waiting)
  }

  /** @throws Error once it has ended. */
  throwIfEnded(): void {
    if (this.#outcome !== undefined) throw new Error('The representation is closed')
  }

  /**
   * Reads one range. A stream is cancelled at the end of the body, until `begin` or `finish` is called.
   *
   * @param options Default: this, for its `signal`, which is made when the source looks at it.
   * @throws Error once it has ended, including during the read.
   */
  read(range: ByteRange, options: ReadOptions = this): MaybePromise<RangeBytes> {
    this.throwIfEnded()
    // Counted before it begins: a source that looks at the signal may cause the end.
    this.#reading++
    try {
      const bytes = this.#opened.read(range, options)
      if (bytes instanceof Promise || this.#outcome !== undefined) return this.#during(this.#receive(bytes))
      return this.#hold(bytes)
    } finally {
      this.#settleRead()
    }
  }

  #readInto(target: Uint8Array<ArrayBuffer>, position: number): MaybePromise<number> {
    this.throwIfEnded()
    const count = this.#opened.readInto?.(target, position, this) ?? 0
    return count instanceof Promise ? this.#during(count) : count
  }

  #peek(position: number, limit: number): Uint8Array<ArrayBuffer> | undefined {
    this.throwIfEnded()
    return this.#opened.peek?.(position, limit)
  }

  /** Makes closing wait for a read. */
  async #during<T>(reading: Promise<T>): Promise<T> {
    this.#reading++
    try {
      return await reading
    } finally {
      this.#settleRead()
    }
  }

  #settleRead(): void {
    this.#reading--
    if (this.#reading === 0) this.#onIdle?.()
  }

  /** A stream that arrives after the end is cancelled before the representation is closed. */
  async #receive(reading: MaybePromise<RangeBytes>): Promise<RangeBytes> {
    const bytes = await reading
    if (this.#outcome !== undefined && bytes instanceof ReadableStream) await cancel(bytes)
    this.throwIfEnded()
    return this.#hold(bytes)
  }

  #hold(bytes: RangeBytes): RangeBytes {
    if (!this.#begun && bytes instanceof ReadableStream) this.#endReader = () => cancel(bytes)
    return bytes
  }

  /**
   * Notes that the body is being read as a stream.
   *
   * @param reader ends the body as aborted when it is collected.
   * @param endReader how an end before the last byte stops the reading. Must not lead to `reader`, and never rejects.
   */
  begin(reader: object, endReader: () => Promise<unknown>): void {
    this.#begun = true
    this.#endReader = endReader
    this.endWhenCollected(reader)
  }

  /** Notes that the end has nothing to stop: the reader is at its end, or heeds the signal. */
  finish(): void {
    this.#endReader = undefined
  }

  /** Ends the body when an object is collected without which it cannot be read. */
  endWhenCollected(reader: object): void {
    this.#watched = true
    collected?.register(reader, this, this)
  }

  /**
   * Ends the body and closes the representation: at once where nothing is being read, else when that has settled. The
   * first outcome counts; later calls wait for the same closing.
   */
  end(outcome: Outcome): MaybePromise<void> {
    if (this.#outcome !== undefined) return this.#closing
    const isIdle = this.#endReader === undefined && this.#reading === 0
    this.#settle(outcome)
    this.#closing = isIdle ? this.#opened.close() : this.#closeWhenIdle()
    return this.#closing
  }

  /** The same without waiting, for workerd: there reads end with their request, and never settle. */
  endNow(outcome: Outcome): MaybePromise<void> {
    if (this.#outcome !== undefined) return this.#closing
    this.#settle(outcome)
    void this.#endReader?.()
    this.#closing = this.#opened.close()
    return this.#closing
  }

  /** Comes before closing: where the source's `close` throws, it is not called again. */
  #settle(outcome: Outcome): void {
    this.#outcome = outcome
    this.transfer?.end(outcome)
    if (this.#watched) collected?.unregister(this)
    this.#abandon()
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

/** A stream that failed, or that fails to be cancelled, has ended all the same. */
function cancel(stream: ReadableStream): Promise<void> {
  return stream.cancel().catch(() => undefined)
}

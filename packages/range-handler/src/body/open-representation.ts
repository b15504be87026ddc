import type {
  ByteRange,
  EntityTag,
  Fields,
  MaybePromise,
  RangeBytes,
  ReadOptions,
  ReprDigests,
  Representation,
} from '@rangekit/range-core'

/**
 * The last resort. What is held here must not lead to what is collected, so a fault in closing goes to the console and
 * not to `onError`, which leads to the request.
 */
const collected =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry((representation: OpenRepresentation) => {
        const close = async () => representation.close(new Error('The body was dropped before its end'))
        close().catch((error) => console.error(error))
      })

/**
 * The only way to an opened representation: it is closed once, after the reads under way have settled, and a read
 * after `close` throws. Servers that read into their own buffers get it as `PlannedBody.representation`.
 */
export class OpenRepresentation implements Representation {
  /** Present if the source has it. */
  readonly readInto?: NonNullable<Representation['readInto']>
  readonly #opened: Representation
  /** Reads that have not settled. */
  #reading = 0
  #onIdle: (() => void) | undefined
  /** Ends the reader of the body; set from its first read to its end. */
  #endReader: (() => Promise<unknown>) | undefined
  #begun = false
  #watched = false
  #closed = false
  #closing: MaybePromise<void> = undefined
  #abandoned: AbortController | undefined

  constructor(opened: Representation) {
    this.#opened = opened
    if (opened.readInto !== undefined) this.readInto = this.#readInto
  }

  get completeLength(): number {
    return this.#opened.completeLength
  }
  get contentType(): string | undefined {
    return this.#opened.contentType
  }
  get cacheControl(): string | undefined {
    return this.#opened.cacheControl
  }
  get fields(): Fields | undefined {
    return this.#opened.fields
  }
  get digests(): ReprDigests | undefined {
    return this.#opened.digests
  }
  get etag(): EntityTag | undefined {
    return this.#opened.etag
  }
  get lastModified(): Date | undefined {
    return this.#opened.lastModified
  }

  /** Whether `close` was called; reads may still be under way. */
  get closed(): boolean {
    return this.#closed
  }

  /** Whether somebody has begun to read the body. */
  get begun(): boolean {
    return this.#begun
  }

  /** Aborted by `close` where something is being read. */
  get signal(): AbortSignal {
    this.#abandoned ??= new AbortController()
    return this.#abandoned.signal
  }

  /** @throws Error after `close`. */
  throwIfClosed(): void {
    if (this.#closed) throw new Error('The representation is closed')
  }

  /** @throws Error after `close`, also where that was called during the read. */
  read(range: ByteRange, { signal = this.signal }: ReadOptions = {}): MaybePromise<RangeBytes> {
    this.throwIfClosed()
    const bytes = this.#opened.read(range, { signal })
    return bytes instanceof Promise ? this.#during(this.#unlessClosed(bytes)) : bytes
  }

  #readInto(target: Uint8Array<ArrayBuffer>, position: number): MaybePromise<number> {
    this.throwIfClosed()
    const count = this.#opened.readInto?.(target, position) ?? 0
    return count instanceof Promise ? this.#during(count) : count
  }

  /** Makes `close` wait for a read. */
  async #during<T>(reading: Promise<T>): Promise<T> {
    this.#reading++
    try {
      return await reading
    } finally {
      this.#reading--
      if (this.#reading === 0) this.#onIdle?.()
    }
  }

  /** A stream that arrives after `close` is cancelled before the representation is closed. */
  async #unlessClosed(reading: Promise<RangeBytes>): Promise<RangeBytes> {
    const bytes = await reading
    if (this.#closed && bytes instanceof ReadableStream) await bytes.cancel().catch(() => undefined)
    this.throwIfClosed()
    return bytes
  }

  /**
   * Says that the body is being read.
   *
   * @param reader closes the representation when it is collected.
   * @param endReader how `close` can end the reading before that; it must not lead to `reader`.
   */
  begin(reader: object, endReader: () => Promise<unknown>): void {
    this.#begun = true
    this.#endReader = endReader
    this.closeWhenCollected(reader)
  }

  /** Says that the body was read to its end. */
  end(): void {
    this.#endReader = undefined
  }

  /** Closes the representation when an object is collected without which nobody can read the body. */
  closeWhenCollected(reader: object): void {
    this.#watched = true
    collected?.register(reader, this, this)
  }

  /** Notes that nothing may be read from now on. */
  #markClosed(): void {
    this.#closed = true
    if (this.#watched) collected?.unregister(this)
  }

  /**
   * Closes the representation: at once where nothing is being read, else when that has settled; its signal is aborted
   * then. The first call counts; later ones wait for the same.
   */
  close(reason?: unknown): MaybePromise<void> {
    if (this.#closed) return this.#closing
    // First, so that the source's is not called again if it throws.
    this.#markClosed()
    if (this.#endReader === undefined && this.#reading === 0) this.#closing = this.#opened.close()
    else {
      this.#abandoned?.abort(reason)
      this.#closing = this.#closeWhenIdle()
    }
    return this.#closing
  }

  /** The same without waiting, for workerd: there reads end with their request, and never settle. */
  closeNow(reason: unknown): MaybePromise<void> {
    if (this.#closed) return this.#closing
    this.#markClosed()
    this.#abandoned?.abort(reason)
    this.#closing = this.#opened.close()
    return this.#closing
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

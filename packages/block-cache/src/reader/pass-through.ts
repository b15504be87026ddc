import type { ByteRange, MaybePromise, RangeBytes, ReadOptions, Representation } from '@rangekit/range-core'
import { OpenedInfo } from './opened-info.ts'

/** An open version of which nothing is kept: it cannot be told from the next one, or is still being written. */
export class PassThrough extends OpenedInfo implements Representation {
  /** Present if the source has them. */
  readonly readInto?: NonNullable<Representation['readInto']>
  readonly peek?: NonNullable<Representation['peek']>
  readonly whenThere?: NonNullable<Representation['whenThere']>
  readonly #opened: Representation

  constructor(opened: Representation) {
    super(opened)
    this.#opened = opened
    if (opened.readInto !== undefined) this.readInto = opened.readInto.bind(opened)
    if (opened.peek !== undefined) this.peek = opened.peek.bind(opened)
    if (opened.whenThere !== undefined) this.whenThere = opened.whenThere.bind(opened)
  }

  get isComplete(): boolean | undefined {
    return this.#opened.isComplete
  }

  get frontier(): number | undefined {
    return this.#opened.frontier
  }

  read(range: ByteRange, options?: ReadOptions): MaybePromise<RangeBytes> {
    return this.#opened.read(range, options)
  }

  close(): MaybePromise<void> {
    return this.#opened.close()
  }

  cached(): 'bypass' {
    return 'bypass'
  }
}

import type { ByteRange, RangeBytes, RangeSource, ReadOptions, Representation } from '@rangekit/range-core'

/** What was done with one representation. */
export interface WatchedRepresentation {
  readonly closes: number
  /** Reads that had not settled when `close` was called. */
  readonly readsAtClose: number
  /** Reads that began after `close` was called. */
  readonly readsAfterClose: number
}

export interface WatchedSource extends RangeSource {
  readonly opened: readonly WatchedRepresentation[]
  /** What `open` and each `read` were given, in order. */
  readonly signals: readonly (AbortSignal | undefined)[]
}

/** Reads one range in place of the source. */
export type ReadInstead = (
  range: ByteRange,
  read: () => RangeBytes | Promise<RangeBytes>,
  options: ReadOptions | undefined,
) => RangeBytes | Promise<RangeBytes>

export interface WatchOptions {
  /** Replaces every read, for example to let it fail. Default: the source's read. */
  readonly readInstead?: ReadInstead | undefined
  /** The minimum duration of every read, in milliseconds. Default: 0. */
  readonly delay?: number | undefined
}

/** A source that records what is done with the representations that it opens. */
export function watchSource(source: RangeSource, options: WatchOptions = {}): WatchedSource {
  const opened: Watched[] = []
  const signals: (AbortSignal | undefined)[] = []
  return {
    opened,
    signals,
    async open(key, openOptions) {
      signals.push(openOptions?.signal)
      const representation = await source.open(key, openOptions)
      if (representation === undefined) return undefined
      const watched = new Watched(representation, options, signals)
      opened.push(watched)
      return watched.over(representation)
    },
  }
}

/**
 * Waits up to a second until the only representation that was opened is closed.
 *
 * @throws Error if none, or more than one, was opened.
 */
export async function closedOnce({ opened }: WatchedSource): Promise<WatchedRepresentation> {
  const [representation, ...others] = opened
  if (representation === undefined || others.length > 0) {
    throw new Error(`Expected one open representation, got ${opened.length}`)
  }
  // The sender of the body may learn a moment later that it is no longer read.
  for (let waited = 0; representation.closes === 0 && waited < 1000; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return representation
}

class Watched implements WatchedRepresentation {
  closes = 0
  readsAtClose = 0
  readsAfterClose = 0
  #underWay = 0
  readonly #representation: Representation
  readonly #options: WatchOptions
  readonly #signals: (AbortSignal | undefined)[]

  constructor(representation: Representation, options: WatchOptions, signals: (AbortSignal | undefined)[]) {
    this.#representation = representation
    this.#options = options
    this.#signals = signals
  }

  /** The representation, whatever its class, but read and closed through this. */
  over(representation: Representation): Representation {
    const { readInto } = representation
    const own: Partial<Representation> = {
      read: (range, options) => this.#read(range, options),
      ...(readInto !== undefined && {
        readInto: (target, position, readOptions) =>
          this.#watch(async () => readInto.call(representation, target, position, readOptions)),
      }),
      close: () => {
        this.closes++
        this.readsAtClose += this.#underWay
        return representation.close()
      },
    }
    return new Proxy(representation, {
      get(target, name) {
        if (Object.hasOwn(own, name)) return Reflect.get(own, name)
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  async #watch<T>(read: () => Promise<T>): Promise<T> {
    if (this.closes > 0) this.readsAfterClose++
    this.#underWay++
    try {
      const { delay = 0 } = this.#options
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
      return await read()
    } finally {
      this.#underWay--
    }
  }

  async #read(range: ByteRange, options: ReadOptions | undefined): Promise<RangeBytes> {
    const { readInstead = (_, read) => read() } = this.#options
    this.#signals.push(options?.signal)
    const bytes = await this.#watch(async () =>
      readInstead(range, () => this.#representation.read(range, options), options),
    )
    return bytes instanceof ReadableStream ? this.#watchStream(bytes) : bytes
  }

  #watchStream(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = stream.getReader()
    return new ReadableStream(
      {
        pull: (controller) =>
          this.#watch(async () => {
            const { done, value } = await reader.read()
            if (done) controller.close()
            else controller.enqueue(value)
          }),
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
  }
}

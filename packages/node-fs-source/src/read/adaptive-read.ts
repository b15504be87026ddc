import { slowLane } from './slow-lane.ts'

/** A read that takes longer, in milliseconds, is slow: it waited for a disk, a network or a busy machine. */
const SLOW_MS = 2
/**
 * A read that occupies a thread of the pool for longer, in milliseconds, is very slow: others must not wait for it. A
 * fast read that queues for the pool behind slower ones waits about as long.
 */
const VERY_SLOW_MS = 10
/**
 * A file at this score reads in the slow lane. Each very slow read adds one, each fast read takes one off. A new file
 * starts halfway, so one very slow read is enough. A file that was fast may be late once without penalty: it may have
 * waited for a thread or a processor.
 */
const SLOW_LANE_SCORE = 2
/**
 * After a slow call on the calling thread, use the pool for this many times as long: one file blocks the thread for at
 * most 1/21 of the time.
 */
const BACKOFF_FACTOR = 20

/** Who reads. Nothing is read for a reader that has been closed. */
export interface Reader {
  /** Whether it has been closed. */
  readonly closed: boolean
}

/**
 * Decides for one open file whether the next read runs on the calling thread or on the thread pool.
 *
 * Most range reads find their bytes in the page cache, where a read takes a microsecond and a trip to the thread pool
 * takes twenty. The calling thread therefore reads itself while this very file is known to be fast: its last read was
 * fast, and no slow one blocked the thread recently. Everything else runs on the pool, including the first read of a
 * file, whose speed is unknown.
 */
export class AdaptiveRead {
  readonly #remote: boolean
  #lastWasFast = false
  #slowScore = SLOW_LANE_SCORE / 2
  #usePoolUntil = 0
  #pending = 0
  readonly #onIdle: (() => void)[] = []

  /** @param remote whether the file is on a file system that may never answer: the calling thread never reads it. */
  constructor(remote: boolean) {
    this.#remote = remote
  }

  /**
   * Whether the calling thread may wait for this file.
   *
   * @param now the time by `performance.now()`.
   */
  mayBlock(now: number): boolean {
    return this.#lastWasFast && now >= this.#usePoolUntil && !this.#remote
  }

  /** Records that the calling thread waited for this file from `started` until now. */
  recordBlocking(started: number): void {
    const ended = performance.now()
    const took = ended - started
    if (took <= SLOW_MS) return
    this.#lastWasFast = false
    this.#usePoolUntil = ended + BACKOFF_FACTOR * took
  }

  /**
   * Runs a read on the thread pool. A slow file waits for its turn in the slow lane.
   *
   * @throws Error where the reader was closed before the read began.
   */
  readOnPool<T>(read: () => Promise<T>, reader?: Reader): Promise<T> {
    return this.track(() => {
      const readUnlessClosed = async () => {
        if (reader?.closed) throw new Error('Read after close: the descriptor may belong to another file')
        return this.#timed(read)
      }
      const isSlow = this.#slowScore === SLOW_LANE_SCORE
      return isSlow && !reader?.closed ? slowLane.run(readUnlessClosed) : readUnlessClosed()
    })
  }

  /** Runs a task on the thread pool during which the descriptor must stay open. */
  async track<T>(task: () => Promise<T>): Promise<T> {
    this.#pending++
    try {
      return await task()
    } finally {
      this.#pending--
      if (this.#pending === 0) for (const wake of this.#onIdle.splice(0)) wake()
    }
  }

  /** Resolves when no task is pending on the thread pool; `undefined` if none is pending now. */
  whenIdle(): Promise<void> | undefined {
    if (this.#pending === 0) return undefined
    return new Promise((resolve) => this.#onIdle.push(resolve))
  }

  /**
   * A read that has completed by the next poll of the event loop was fast, even if the loop came late: a busy loop must
   * not make files look slow. Where that is wrong, the thread blocks once, and the file then backs off.
   */
  async #timed<T>(read: () => Promise<T>): Promise<T> {
    const started = performance.now()
    let late = false
    // The loop polls between the two callbacks, whatever phase it is in now.
    setImmediate(() =>
      setImmediate(() => {
        late = true
      }),
    )
    try {
      return await read()
    } finally {
      const took = performance.now() - started
      this.#lastWasFast = !late || took <= SLOW_MS
      if (this.#lastWasFast) this.#slowScore = Math.max(0, this.#slowScore - 1)
      else if (took > VERY_SLOW_MS) this.#slowScore = Math.min(SLOW_LANE_SCORE, this.#slowScore + 1)
    }
  }
}

import { slowLane } from './slow-lane.ts'

/** A read that takes longer than this, in milliseconds, had to wait for a disk, a network or a busy machine. */
const SLOW = 2
/**
 * A read that keeps a thread of the pool longer than this, in milliseconds, is one that others must not have to wait
 * for. A quick read that queues for the pool behind slower ones waits about as long.
 */
const VERY_SLOW = 10
/**
 * Doubt of a file grows with each very slow read and shrinks with each quick one. From here on its reads take turns
 * with those of other slow files. A new file is halfway there, so that one very slow read is enough; one that was quick
 * before may be late once, because it had to wait for a thread or a processor.
 */
const MAX_DOUBT = 2
/**
 * After blocking the thread, a file uses the thread pool for this many times as long: one file blocks the thread for at
 * most 1/21 of the time.
 */
const REST = 20

/** Who reads. Nothing is read for a reader that has been closed. */
export interface Reader {
  readonly closed: boolean
}

/**
 * How fast the reads of one open file are, and which thread does the next one.
 *
 * Most reads by range find their bytes in the kernel's memory, where a read takes a microsecond and a trip to the
 * thread pool twenty. So the thread that asks also reads, but only while it is known to be quick for this very file:
 * the file's last read was quick, and no slow one blocked the thread lately. All else is done on the thread pool; the
 * first read of a file too, as nothing is known of it.
 */
export class Pace {
  readonly #remote: boolean
  #isQuick = false
  #doubt = MAX_DOUBT / 2
  #restsUntil = 0
  #underWay = 0
  readonly #onIdle: (() => void)[] = []

  /** @param remote whether reads wait for something that may never answer: then the thread never does. */
  constructor(remote: boolean) {
    this.#remote = remote
  }

  /**
   * Whether the calling thread may wait for this file.
   *
   * @param now of `performance.now()`.
   */
  mayBlock(now: number): boolean {
    return this.#isQuick && now >= this.#restsUntil && !this.#remote
  }

  /** Notes that the calling thread waited for this file from `started` until now. */
  blocked(started: number): void {
    const ended = performance.now()
    const took = ended - started
    if (took <= SLOW) return
    this.#isQuick = false
    this.#restsUntil = ended + REST * took
  }

  /**
   * Reads on the thread pool; a slow file waits for its turn in the slow lane.
   *
   * @throws Error where the reader is closed when its turn comes.
   */
  read<T>(task: () => Promise<T>, reader?: Reader): Promise<T> {
    return this.hold(() => {
      const read = async () => {
        if (reader?.closed) throw new Error('Read after close: the descriptor may belong to another file')
        return this.#timed(task)
      }
      return this.#doubt === MAX_DOUBT && !reader?.closed ? slowLane.run(read) : read()
    })
  }

  /** Does something on the thread pool that needs the descriptor open until it is done. */
  async hold<T>(task: () => Promise<T>): Promise<T> {
    this.#underWay++
    try {
      return await task()
    } finally {
      this.#underWay--
      if (this.#underWay === 0) for (const wake of this.#onIdle.splice(0)) wake()
    }
  }

  /** Waits until nothing is under way on the thread pool; `undefined` where nothing is. */
  idle(): Promise<void> | undefined {
    if (this.#underWay === 0) return undefined
    return new Promise((resolve) => this.#onIdle.push(resolve))
  }

  /**
   * A read that is back when the event loop next looks was quick, even if the loop came late: a busy loop must not make
   * files look slow. Where that is wrong the thread pays once, and the file rests.
   */
  async #timed<T>(task: () => Promise<T>): Promise<T> {
    const started = performance.now()
    let late = false
    // The loop polls between the two, wherever in its turn it is now.
    setImmediate(() =>
      setImmediate(() => {
        late = true
      }),
    )
    try {
      return await task()
    } finally {
      const took = performance.now() - started
      this.#isQuick = !late || took <= SLOW
      if (this.#isQuick) this.#doubt = Math.max(0, this.#doubt - 1)
      else if (took > VERY_SLOW) this.#doubt = Math.min(MAX_DOUBT, this.#doubt + 1)
    }
  }
}

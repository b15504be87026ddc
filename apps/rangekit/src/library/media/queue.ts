import { SourceBusyError } from '@rangekit/range-core'

interface Turn {
  readonly begin: () => void
  readonly leave: () => void
}

/** Runs a limited number of tasks at a time, in the order in which they came. */
export class Queue {
  readonly #width: number
  readonly #maxWaiting: number
  readonly #waiting = new Set<Turn>()
  #running = 0

  /**
   * @param width how many tasks run at a time.
   * @param maxWaiting how many may wait for their turn.
   */
  constructor(width: number, maxWaiting: number) {
    this.#width = width
    this.#maxWaiting = maxWaiting
  }

  /**
   * Runs a task when it is its turn.
   *
   * @param signal takes it out of the queue; what runs already must heed it itself.
   * @throws the reason of `signal` if that came first; SourceBusyError where too many wait.
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    if (this.#running < this.#width) this.#running++
    else await this.#turn(signal)
    try {
      return await task()
    } finally {
      // The place passes directly to the next in line, so that a task that arrives just now cannot take it.
      const [next] = this.#waiting
      if (next === undefined) this.#running--
      else next.begin()
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#maxWaiting)
      throw new SourceBusyError('Too many files are waiting to be read')
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(turn)
        signal?.removeEventListener('abort', turn.leave)
      }
      const turn: Turn = {
        begin: () => {
          end()
          resolve()
        },
        leave: () => {
          end()
          reject(signal?.reason)
        },
      }
      this.#waiting.add(turn)
      signal?.addEventListener('abort', turn.leave)
    })
  }
}

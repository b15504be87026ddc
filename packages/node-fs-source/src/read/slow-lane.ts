import { availableParallelism } from 'node:os'

/** Runs tasks in the order in which they arrive, a limited number at a time. */
export class Lane {
  readonly #width: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** @param width how many tasks run at a time. */
  constructor(width: number) {
    this.#width = width
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#width) this.#running++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await task()
    } finally {
      // The place passes directly to the next in line, so that a task that arrives just now cannot take it.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}

/** How many slow reads may run at a time: two threads are left for fast reads and for opening files. */
export function slowLaneWidth(poolSize: number): number {
  return Math.max(1, poolSize - 2)
}

/** Threads in the pool that reads files. Default: one per processor on Bun, 4 elsewhere. */
export function poolSize(): number {
  // Deno starts threads as it needs them, and reading the environment would require a permission.
  if ('Deno' in globalThis) return 4
  const configured = process.env['UV_THREADPOOL_SIZE']
  if (configured !== undefined) return Number.parseInt(configured, 10) || 1
  return 'Bun' in globalThis ? availableParallelism() : 4
}

/** Where the reads of slow files take turns, shared by all files of the process. */
export const slowLane = new Lane(slowLaneWidth(poolSize()))

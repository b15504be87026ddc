import { availableParallelism } from 'node:os'

/** Runs tasks in the order in which they come, a few at a time. */
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
      // The place goes to the next in line, so that nobody who comes just now takes it first.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}

/** How many slow reads may run at a time: two threads are left for quick reads and for opening files. */
export function slowLaneWidth(poolSize: number): number {
  return Math.max(1, poolSize - 2)
}

/** Threads of the pool that reads files. Default: one for each processor on Bun, four elsewhere. */
export function poolSize(): number {
  // Deno starts as many as it needs, and would ask for a permission to read the environment.
  if ('Deno' in globalThis) return 4
  const told = process.env['UV_THREADPOOL_SIZE']
  if (told !== undefined) return Number.parseInt(told, 10) || 1
  return 'Bun' in globalThis ? availableParallelism() : 4
}

/** Where the reads of slow files take turns, all files of the process together. */
export const slowLane = new Lane(slowLaneWidth(poolSize()))

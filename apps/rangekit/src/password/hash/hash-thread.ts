import { Worker } from 'node:worker_threads'
import type { Compared, Comparison } from './hash-messages.ts'

/** In a checkout, the thread's source; in a build, the file next to the command. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js',
  import.meta.url,
)
/** A thread without work ends after this many milliseconds. */
const IDLE_MS = 60_000

/**
 * Compares passwords in a thread: one comparison takes a good part of a second, and streams go on meanwhile. There is one
 * thread, so passwords take up one processor at most.
 */
export class HashThread {
  readonly #waiting = new Map<number, PromiseWithResolvers<boolean>>()
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  #lastId = 0

  /** @throws Error if the thread dies. */
  compare(comparison: Omit<Comparison, 'id'>): Promise<boolean> {
    clearTimeout(this.#idle)
    this.#worker ??= this.#start()
    // Only work keeps the process running.
    this.#worker.ref()
    const id = ++this.#lastId
    const result = Promise.withResolvers<boolean>()
    this.#waiting.set(id, result)
    this.#worker.postMessage({ id, ...comparison } satisfies Comparison)
    return result.promise
  }

  #start(): Worker {
    const worker = new Worker(SCRIPT)
    worker.on('message', ({ id, isSame }: Compared) => {
      this.#waiting.get(id)?.resolve(isSame)
      this.#waiting.delete(id)
      if (this.#waiting.size > 0) return
      worker.unref()
      this.#idle = setTimeout(() => void worker.terminate(), IDLE_MS).unref()
    })
    const onEnd = (error?: unknown) => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      const cause = error instanceof Error ? { cause: error } : {}
      for (const { reject } of this.#waiting.values())
        reject(new Error('The thread of passwords ended', cause))
      this.#waiting.clear()
    }
    worker.on('error', onEnd).on('exit', () => onEnd())
    return worker
  }
}

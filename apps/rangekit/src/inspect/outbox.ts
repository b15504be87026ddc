import type { KeptTransfer } from './kept-transfer.ts'
import type { CacheReport, TransfersMessage } from './protocol.ts'

/** Milliseconds between two deliveries. */
const PACE = 100

/** A transfer that has changed. */
export interface News {
  readonly record: KeptTransfer
  /** Whether it was not reported before. */
  readonly isNew: boolean
}

/**
 * Collects news: the first goes out at once, the next at most ten times a second. Its timer runs
 * only while there are some, or may be some soon.
 */
export class Outbox {
  readonly #pending = new Map<KeptTransfer, News>()
  readonly #collect: () => boolean
  readonly #keys = new Set<string>()
  readonly #deliver: (news: readonly News[], keys: ReadonlySet<string>) => void
  #timer: NodeJS.Timeout | undefined
  #deliveredAt = Number.NEGATIVE_INFINITY

  /**
   * @param collect called before each delivery, to put what has moved. Returns whether to call it again.
   * @param deliver gets the news, and the keys of which the cache has reported, if there are any.
   */
  constructor(collect: () => boolean, deliver: (news: readonly News[], keys: ReadonlySet<string>) => void) {
    this.#collect = collect
    this.#deliver = deliver
  }

  /** Adds news of a transfer to those that wait. */
  put(record: KeptTransfer, isNew: boolean): void {
    this.#pending.set(record, { record, isNew: isNew || this.#pending.get(record)?.isNew === true })
    this.wake()
  }

  /** Adds a key of which the cache has reported. */
  putReport(key: string): void {
    this.#keys.add(key)
    this.wake()
  }

  /** Removes a transfer that is not kept any more. */
  drop(record: KeptTransfer): void {
    this.#pending.delete(record)
  }

  /** Makes a delivery as soon as the pace allows. */
  wake(): void {
    if (this.#timer !== undefined) return
    const wait = Math.max(0, this.#deliveredAt + PACE - performance.now())
    this.#timer = setTimeout(() => this.#run(), wait)
    this.#timer.unref()
  }

  #run(): void {
    this.#deliveredAt = performance.now()
    const isBusy = this.#collect()
    this.#timer = undefined
    const news = [...this.#pending.values()]
    const keys = new Set(this.#keys)
    this.#pending.clear()
    this.#keys.clear()
    if (news.length + keys.size > 0) this.#deliver(news, keys)
    if (isBusy) this.wake()
  }
}

/** The message of some news; `undefined` if there are none. */
export function messageOf(
  news: readonly News[],
  reports: readonly CacheReport[],
): TransfersMessage | undefined {
  if (news.length + reports.length === 0) return undefined
  return {
    begun: news.flatMap(({ record, isNew }) => (isNew ? record.begun : [])),
    progress: news.map(({ record }) => record.progress),
    ...(reports.length > 0 && { cache: reports }),
  }
}

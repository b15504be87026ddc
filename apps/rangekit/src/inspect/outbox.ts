import type { KeptTransfer } from './kept-transfer.ts'
import type { TransfersMessage } from './protocol.ts'

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
  readonly #deliver: (news: readonly News[]) => void
  #timer: NodeJS.Timeout | undefined
  #deliveredAt = Number.NEGATIVE_INFINITY

  /**
   * @param collect called before each delivery, to put what has moved. Returns whether to call it again.
   * @param deliver gets the news, if there are any.
   */
  constructor(collect: () => boolean, deliver: (news: readonly News[]) => void) {
    this.#collect = collect
    this.#deliver = deliver
  }

  /** Adds news of a transfer to those that wait. */
  put(record: KeptTransfer, isNew: boolean): void {
    this.#pending.set(record, { record, isNew: isNew || this.#pending.get(record)?.isNew === true })
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
    this.#pending.clear()
    if (news.length > 0) this.#deliver(news)
    if (isBusy) this.wake()
  }
}

/** The message of some news; `undefined` if there are none. */
export function messageOf(news: readonly News[]): TransfersMessage | undefined {
  if (news.length === 0) return undefined
  return {
    begun: news.flatMap(({ record, isNew }) => (isNew ? record.begun : [])),
    progress: news.map(({ record }) => record.progress),
  }
}

import type { KeptTransfer } from './kept-transfer.ts'
import type { CacheReport } from './protocol.ts'

/** How long a key is watched without a stream that asks for it, in milliseconds. */
export const LINGER = 30_000
/** What clients can make the server keep. */
export const MAX_KEYS = 64
export const MAX_RECORDS = 200
/** Processes that were replaced count. */
const MAX_REPORTS = 64

/** A key that is watched. */
export interface Watch {
  /** By id, in the order of their beginning. */
  readonly records: Map<string, KeptTransfer>
  /** What came from the cache, by process. */
  readonly reports: Map<string, CacheReport>
  /** Streams of this process that ask for it. */
  listeners: number
  /** Until when it is watched without any, in milliseconds of the monotonic clock. */
  until: number
  /** Until when other processes listen to it. */
  peersUntil: number
}

/** Whether it has listeners now. */
export function isHeard({ listeners, peersUntil }: Watch): boolean {
  return listeners > 0 || peersUntil > performance.now()
}

function isOver({ listeners, until, peersUntil }: Watch): boolean {
  return listeners === 0 && Math.max(until, peersUntil) <= performance.now()
}

/** The watched keys and what is kept of their transfers: at most {@link MAX_KEYS}, {@link MAX_RECORDS} of each. */
export class Watches {
  readonly #byKey = new Map<string, Watch>()
  readonly #onDrop: (record: KeptTransfer) => void
  #sweeping: NodeJS.Timeout | undefined

  /** @param onDrop called with each record that is no longer kept. */
  constructor(onDrop: (record: KeptTransfer) => void) {
    this.#onDrop = onDrop
  }

  /** The watch of a key; `undefined` if it is not watched. */
  get(key: string): Watch | undefined {
    const watch = this.#byKey.get(key)
    if (watch === undefined || !isOver(watch)) return watch
    this.#drop(key, watch)
    return undefined
  }

  /** The record of a transfer, while it is kept. */
  find(id: string): KeptTransfer | undefined {
    for (const { records } of this.#byKey.values()) {
      const record = records.get(id)
      if (record !== undefined) return record
    }
    return undefined
  }

  /** Everything that is kept. */
  *records(): Iterable<KeptTransfer> {
    for (const { records } of this.#byKey.values()) yield* records.values()
  }

  /**
   * Watches a key for {@link LINGER} from now. If there are too many, drops the one without listeners that was wanted longest ago.
   *
   * @returns `undefined` if streams ask for as many keys as can be watched.
   */
  watch(key: string): Watch | undefined {
    const until = performance.now() + LINGER
    const known = this.get(key)
    if (known !== undefined) {
      known.until = until
      return known
    }
    if (this.#byKey.size >= MAX_KEYS && !this.#makeRoom()) return undefined
    const watch: Watch = { records: new Map(), reports: new Map(), listeners: 0, until, peersUntil: 0 }
    this.#byKey.set(key, watch)
    this.#sweepLater()
    return watch
  }

  /** Keeps a record; if there are too many, drops the oldest. */
  keep({ records }: Watch, record: KeptTransfer): void {
    records.set(record.begun.id, record)
    const [oldest] = records.values()
    if (records.size <= MAX_RECORDS || oldest === undefined) return
    records.delete(oldest.begun.id)
    this.#onDrop(oldest)
  }

  /** Keeps the latest report of a process. */
  report({ reports }: Watch, report: CacheReport): void {
    reports.set(report.process, report)
    const [oldest] = reports.keys()
    if (reports.size > MAX_REPORTS && oldest !== undefined) reports.delete(oldest)
  }

  #makeRoom(): boolean {
    const [oldest] = [...this.#byKey]
      .filter(([, { listeners }]) => listeners === 0)
      .sort(([, one], [, other]) => one.until - other.until)
    if (oldest !== undefined) this.#drop(...oldest)
    return oldest !== undefined
  }

  #drop(key: string, { records }: Watch): void {
    this.#byKey.delete(key)
    for (const record of records.values()) this.#onDrop(record)
  }

  /** Gives memory back when nothing is asked any more. The timer runs only while a key is watched. */
  #sweepLater(): void {
    if (this.#sweeping !== undefined) return
    this.#sweeping = setTimeout(() => {
      this.#sweeping = undefined
      for (const [key, watch] of this.#byKey) if (isOver(watch)) this.#drop(key, watch)
      if (this.#byKey.size > 0) this.#sweepLater()
    }, LINGER)
    this.#sweeping.unref()
  }
}

import type { Transfer, TransferListener } from '@rangekit/range-handler'
import { addPart, type CachePart, emptyReport } from './cache-report.ts'
import { describe, KeptTransfer } from './kept-transfer.ts'
import { messageOf, type News, Outbox } from './outbox.ts'
import type { CacheReport, TransferProgress, TransfersMessage } from './protocol.ts'
import { isHeard, LINGER, type Watch, Watches } from './watches.ts'

/** Transfers in one message of a snapshot: at most 5 kB each. */
const SNAPSHOT = 10

/** Gets what happens to some keys. */
export interface HubListener {
  readonly keys: ReadonlySet<string>
  transfers(message: TransfersMessage): void
}

/** The hubs of other processes that serve the same port, seen from one of them. */
export interface Peers {
  /** One of them listens to these keys for a while. */
  watch(keys: readonly string[]): void
  /** Transfers of keys to which another one listens. */
  transfers(message: TransfersMessage): void
  /** A process has ended; the ids of its transfers began like this. */
  gone(prefix: string): void
}

/**
 * Keeps the transfers of watched keys, and passes them on to listeners. For every other key a transfer costs
 * one look into a map.
 */
export class TransferHub {
  readonly #watches = new Watches((record) => {
    this.#active.delete(record)
    this.#outbox.drop(record)
  })
  readonly #listeners = new Set<HubListener>()
  /** Transfers of this process that have not ended. */
  readonly #active = new Set<KeptTransfer>()
  readonly #outbox = new Outbox(
    () => this.#collect(),
    (news, keys) => this.#deliver(news, keys),
  )
  readonly #prefix: string
  #count = 0
  #peers: Omit<Peers, 'gone'> | undefined

  /** @param prefix begins the ids of this process; no other one has it. */
  constructor(prefix: string = crypto.randomUUID().slice(0, 8)) {
    this.#prefix = prefix
  }

  /** To be called for each transfer. */
  readonly onTransfer: TransferListener = (transfer) => {
    const { key } = transfer
    const watch = key === undefined ? undefined : this.#watches.get(key)
    return watch === undefined || key === undefined ? undefined : this.#begin(key, watch, transfer)
  }

  #begin(key: string, watch: Watch, transfer: Transfer): () => void {
    this.#count++
    const begun = describe(`${this.#prefix}-${this.#count}`, key, transfer)
    const record = new KeptTransfer(begun, transfer)
    this.#watches.keep(watch, record)
    this.#active.add(record)
    this.#mark(record, true)
    return () => {
      record.refresh()
      // One that newer ones have pushed out is not reported any more.
      if (this.#active.delete(record)) this.#mark(record, false)
    }
  }

  /** To be called for each part of a file that the cache hands out, or that is fetched for it. */
  readonly onCache = (part: CachePart): void => {
    const { key } = part
    const watch = this.#watches.get(key)
    if (watch === undefined) return
    const before = watch.reports.get(this.#prefix) ?? emptyReport(key, this.#prefix)
    this.#putReport(watch, addPart(before, part))
  }

  #putReport(watch: Watch, report: CacheReport): void {
    this.#watches.report(watch, report)
    if (isHeard(watch)) this.#outbox.putReport(report.key)
  }

  /** Watches a key from before the first request for it, for 30 seconds. */
  expect(key: string): void {
    if (this.#watches.watch(key) !== undefined) this.#peers?.watch([key])
  }

  /**
   * Watches the keys of a listener until `end` is called, and for 30 seconds after that. Call `renew` more often than
   * that: it keeps other processes reporting to the listener.
   */
  listen(listener: HubListener): { renew(): void; end(): void } {
    const watches = [...listener.keys].flatMap((key) => this.#watches.watch(key) ?? [])
    for (const watch of watches) watch.listeners++
    this.#listeners.add(listener)
    const renew = () => this.#peers?.watch([...listener.keys])
    renew()
    if (this.#active.size > 0) this.#outbox.wake()
    const end = () => {
      if (!this.#listeners.delete(listener)) return
      for (const watch of watches) {
        watch.listeners--
        watch.until = performance.now() + LINGER
      }
    }
    return { renew, end }
  }

  /** All that is kept for some keys, in messages of a few transfers each, which are made as they are taken. */
  *snapshot(keys: ReadonlySet<string>): Generator<TransfersMessage> {
    for (const key of keys) {
      const records = [...(this.#watches.get(key)?.records.values() ?? [])]
      for (let index = 0; index < records.length; index += SNAPSHOT) {
        const some = records.slice(index, index + SNAPSHOT)
        yield { begun: some.map(({ begun }) => begun), progress: some.map(({ progress }) => progress) }
      }
      const reports = this.#reportsOf(key)
      if (reports.length > 0) yield { begun: [], progress: [], cache: reports }
    }
  }

  /** Connects the hub with those of other processes. Returns what takes their messages. */
  join(peers: Omit<Peers, 'gone'>): Peers {
    this.#peers = peers
    return {
      watch: (keys) => {
        for (const key of keys) {
          const watch = this.#watches.watch(key)
          if (watch !== undefined) watch.peersUntil = performance.now() + LINGER
        }
        if (this.#active.size > 0) this.#outbox.wake()
      },
      transfers: ({ begun, progress, cache = [] }) => {
        for (const each of begun) {
          const watch = this.#watches.get(each.key)
          if (watch === undefined) continue
          const record = new KeptTransfer(each)
          this.#watches.keep(watch, record)
          this.#mark(record, true)
        }
        for (const each of progress) this.#report(each)
        for (const each of cache) {
          const watch = this.#watches.get(each.key)
          if (watch !== undefined) this.#putReport(watch, each)
        }
      },
      gone: (prefix) => {
        for (const { begun, progress } of [...this.#watches.records()]) {
          if (begun.id.startsWith(prefix)) this.#report({ ...progress, outcome: 'failed' })
        }
      },
    }
  }

  /** Takes what another process reports of its transfer. */
  #report(progress: TransferProgress): void {
    const record = this.#watches.find(progress.id)
    if (record?.apply(progress)) this.#mark(record, false)
  }

  /** Queues news of a record, if there is a listener. */
  #mark(record: KeptTransfer, isNew: boolean): void {
    if (this.#isHeard(record)) this.#outbox.put(record, isNew)
  }

  #isHeard({ begun }: KeptTransfer): boolean {
    const watch = this.#watches.get(begun.key)
    return watch !== undefined && isHeard(watch)
  }

  /** Puts what has moved into the outbox. Returns whether more may move that has listeners. */
  #collect(): boolean {
    const heard = [...this.#active].filter((record) => this.#isHeard(record))
    for (const record of heard) if (record.refresh()) this.#mark(record, false)
    return heard.length > 0
  }

  #reportsOf(key: string): readonly CacheReport[] {
    return [...(this.#watches.get(key)?.reports.values() ?? [])]
  }

  #deliver(news: readonly News[], reported: ReadonlySet<string>): void {
    const reports = [...reported].flatMap((key) => this.#reportsOf(key))
    for (const { keys, transfers } of this.#listeners) {
      const message = messageOf(
        news.filter(({ record }) => keys.has(record.begun.key)),
        reports.filter(({ key }) => keys.has(key)),
      )
      if (message !== undefined) transfers(message)
    }
    const now = performance.now()
    const hasPeers = (key: string) => (this.#watches.get(key)?.peersUntil ?? 0) > now
    const ours = messageOf(
      news.filter(({ record }) => record.isLocal && hasPeers(record.begun.key)),
      reports.filter(({ key, process }) => process === this.#prefix && hasPeers(key)),
    )
    if (ours !== undefined) this.#peers?.transfers(ours)
  }
}

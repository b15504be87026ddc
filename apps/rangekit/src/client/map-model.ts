import type {
  CacheReport,
  CacheShare,
  GrowthMessage,
  Positions,
  TransferBegun,
  TransferProgress,
  TransfersMessage,
} from '../inspect/protocol.ts'
import { cover } from './map-coverage.ts'
import { endOfSent, type Scene, type Seen, sentRanges, statusOf, update } from './map-seen.ts'

/** Requests that are kept; older ones give way. */
const MAX_SEEN = 200
/** Rows of the picture for requests: as many as there is something to see in, more while more are under way. */
const MIN_LANES = 3
const MAX_LANES = 8
/** Stretches closer than this share of the file are drawn as one. */
const RESOLUTION = 1 / 2000

/** What the map knows of one file. */
export class MapModel {
  readonly key: string
  #seen = new Map<string, Seen>()
  #covered: Positions[] = []
  #lanes: (string | undefined)[] = new Array(MIN_LANES).fill(undefined)
  #length: number | undefined
  #version: string | undefined
  #numbers = new Map<string, number>()
  #count = 0
  #growth: GrowthMessage | undefined
  /** The end of what was sent, of a file that grows. */
  #sentTo = 0
  #clearedAt = Number.NEGATIVE_INFINITY
  readonly #reports = new Map<string, CacheReport>()

  constructor(key: string) {
    this.key = key
  }

  /** The transfers that are kept, oldest first. */
  get all(): readonly Seen[] {
    return [...this.#seen.values()]
  }

  /** Bytes in the file, or as many as are there while its final length is unknown; `undefined` before anything is known. */
  get length(): number | undefined {
    return this.#length ?? this.frontier
  }

  /** How many bytes are there of a file that is still being written; `undefined` of all others. */
  get frontier(): number | undefined {
    if (this.#growth?.state !== 'growing') return undefined
    // What was sent is there, even if that was not told yet.
    return Math.max(this.#growth.frontier, this.#sentTo)
  }

  /** What is known besides the requests. */
  scene(now: number): Scene {
    return { now, frontier: this.frontier }
  }

  /** Takes what the server says of a file that is still being written. */
  grow(message: GrowthMessage): void {
    this.#growth = message
    if (message.state === 'gone') return
    if (message.completeLength !== undefined) this.#length = message.completeLength
  }

  /** The stretches sent of this version of the file so far. */
  get covered(): readonly Positions[] {
    return this.#covered
  }

  /** What came from the origin and from the cache, of all processes; `undefined` before the first report. */
  get cache(): { readonly origin: CacheShare; readonly cache: CacheShare } | undefined {
    const reports = [...this.#reports.values()]
    if (reports.length === 0) return undefined
    return {
      origin: addUp(reports.map(({ origin }) => origin)),
      cache: addUp(reports.map(({ cache }) => cache)),
    }
  }

  /** The request that each row of the picture shows. */
  get lanes(): readonly (Seen | undefined)[] {
    return this.#lanes.map((id) => (id === undefined ? undefined : this.#seen.get(id)))
  }

  get(id: string): Seen | undefined {
    return this.#seen.get(id)
  }

  /** Counts the requests from 1; those that were cleared count. */
  numberOf(id: string): number {
    return this.#numbers.get(id) ?? 0
  }

  /**
   * Applies a message of the server, which may repeat known transfers.
   *
   * @param now `performance.now()`.
   * @returns the ids of new and changed transfers.
   */
  apply({ begun, progress, cache = [] }: TransfersMessage, now: number): ReadonlySet<string> {
    const changed = new Set<string>()
    for (const report of cache) if (report.key === this.key) this.#reports.set(report.process, report)
    const heard = new Map(progress.map((each) => [each.id, each]))
    for (const each of begun) {
      if (each.key !== this.key || this.#seen.has(each.id)) continue
      const first = heard.get(each.id) ?? { id: each.id, duration: 0 }
      // A snapshot brings again what was cleared.
      if (each.startedAt <= this.#clearedAt && first.outcome !== undefined) continue
      this.#begin(each, first, now)
      changed.add(each.id)
    }
    for (const each of progress) {
      const known = this.#seen.get(each.id)
      if (known === undefined || known.progress.outcome !== undefined) continue
      this.#put(update(known, known.begun, each, this.scene(now)))
      changed.add(each.id)
    }
    return changed
  }

  /** Removes every transfer that has ended. */
  clear(): void {
    const all = this.all
    this.#clearedAt = Math.max(this.#clearedAt, ...all.map(({ begun }) => begun.startedAt))
    for (const { begun, progress } of all) if (progress.outcome !== undefined) this.#drop(begun.id)
    this.#covered = []
    for (const seen of this.#seen.values()) this.#cover(seen)
  }

  #begin(begun: TransferBegun, progress: TransferProgress, now: number): void {
    this.#count++
    this.#numbers.set(begun.id, this.#count)
    this.#recognize(begun)
    this.#put(update(undefined, begun, progress, this.scene(now)))
    if (begun.ranges.length > 0) this.#lanes[this.#freeLane()] = begun.id
    const [oldest] = this.#seen.keys()
    if (this.#seen.size > MAX_SEEN && oldest !== undefined) this.#drop(oldest)
  }

  /** Starts over when the file has another version: what was sent of the old one does not count. */
  #recognize({ completeLength, status, answer }: TransferBegun): void {
    if (status >= 300 || (completeLength === undefined && this.#growth === undefined)) return
    const version = `${completeLength ?? ''} ${answer['ETag'] ?? ''}`
    if (this.#version !== undefined && version !== this.#version) {
      this.#covered = []
      this.#sentTo = 0
    }
    this.#version = version
    this.#length = completeLength
  }

  #put(seen: Seen): void {
    this.#seen.set(seen.begun.id, seen)
    if (sentRanges(seen).length > 0) this.#sentTo = Math.max(this.#sentTo, endOfSent(seen))
    this.#cover(seen)
  }

  #cover(seen: Seen): void {
    if (statusOf(seen) >= 300) return
    const gap = Math.floor((this.#length ?? 0) * RESOLUTION)
    for (const sent of sentRanges(seen)) this.#covered = cover(this.#covered, sent, gap)
  }

  #drop(id: string): void {
    this.#seen.delete(id)
    this.#numbers.delete(id)
    this.#lanes = this.#lanes.map((shown) => (shown === id ? undefined : shown))
  }

  /** An empty row, or the one whose request ended first, or a further row. */
  #freeLane(): number {
    const empty = this.#lanes.indexOf(undefined)
    if (empty >= 0) return empty
    const ends = this.#lanes.map((id) => {
      const { begun, progress } = (id !== undefined && this.#seen.get(id)) || {}
      if (begun === undefined || progress === undefined) return Number.NEGATIVE_INFINITY
      return progress.outcome === undefined ? Number.POSITIVE_INFINITY : begun.startedAt + progress.duration
    })
    const earliest = Math.min(...ends)
    if (earliest < Number.POSITIVE_INFINITY) return ends.indexOf(earliest)
    return Math.min(this.#lanes.length, MAX_LANES - 1)
  }
}

function addUp(shares: readonly CacheShare[]): CacheShare {
  const bytes = shares.reduce((sum, share) => sum + share.bytes, 0)
  const ranges = shares.flatMap((share) => share.ranges)
  return { bytes, ranges: ranges.reduce<Positions[]>((all, range) => cover(all, range, 0), []) }
}

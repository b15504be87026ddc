import type { OpenOptions } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'
import type { Found } from './describe.ts'
import type { FirstPart } from './first-part.ts'
import type { Origin } from './origin.ts'
import type { OriginVersion } from './origin-version.ts'
import { IS_WORKERD } from './runtime.ts'

/** Versions that are kept at most. */
const MAX = 10_000

interface Kept {
  readonly version: OriginVersion
  readonly until: number
}

/** A question under way, which ends when no one waits for it any more. */
interface Flight {
  readonly answer: Promise<OriginVersion | undefined>
  /** What came with the answer: for the first of those who wait. */
  part: FirstPart | undefined
  readonly abandoned: AbortController
  waiting: number
}

/** What an origin has at URLs, kept for a short time. Those who ask for a URL at the same time share one question. */
export class VersionCache {
  readonly #origin: Origin
  readonly #keepFor: number
  readonly #kept = new LRUCache<string, Kept>({ max: MAX })
  readonly #flights = new Map<string, Flight>()

  /** @param keepFor in milliseconds; 0: each caller asks for itself. */
  constructor(origin: Origin, keepFor: number) {
    this.#origin = origin
    this.#keepFor = keepFor
  }

  /** As {@link Origin.open}, with what is likely to be read if the origin has to be asked. */
  async open(url: string, options: OpenOptions = {}): Promise<Found | undefined> {
    const kept = this.#kept.get(url)
    if (kept !== undefined && kept.until > performance.now()) return kept
    // On Workers a question ends with the request that asked it.
    return IS_WORKERD || !(this.#keepFor > 0) ? this.#ask(url, options) : this.#share(url, options)
  }

  /** Forgets a version that is there no more. */
  drop(url: string, version: OriginVersion): void {
    if (this.#kept.peek(url)?.version === version) this.#kept.delete(url)
  }

  async #ask(url: string, { likelyRange, signal }: OpenOptions): Promise<Found | undefined> {
    const found = await this.#origin.open(url, likelyRange, signal)
    if (found !== undefined && this.#keepFor > 0) {
      this.#kept.set(url, { version: found.version, until: performance.now() + this.#keepFor })
    }
    return found
  }

  async #share(url: string, { likelyRange, signal }: OpenOptions): Promise<Found | undefined> {
    signal?.throwIfAborted()
    const flight = this.#flights.get(url) ?? this.#begin(url, likelyRange)
    flight.waiting++
    const leave = Promise.withResolvers<never>()
    const onAbort = () => leave.reject(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    try {
      const version = await Promise.race([flight.answer, leave.promise])
      const { part } = flight
      flight.part = undefined
      return version && { version, part }
    } finally {
      signal?.removeEventListener('abort', onAbort)
      flight.waiting--
      if (flight.waiting === 0) this.#end(url, flight)
    }
  }

  #begin(url: string, likelyRange: OpenOptions['likelyRange']): Flight {
    const abandoned = new AbortController()
    const asked = this.#ask(url, { likelyRange, signal: abandoned.signal })
    const answer = asked.then((found) => {
      this.#forget(url, flight)
      flight.part = found?.part
      if (flight.waiting === 0) flight.part?.end()
      return found?.version
    })
    const flight: Flight = { answer, part: undefined, abandoned, waiting: 0 }
    this.#flights.set(url, flight)
    answer.catch(() => this.#forget(url, flight))
    return flight
  }

  /** Nobody waits for it any more. */
  #end(url: string, flight: Flight): void {
    this.#forget(url, flight)
    flight.abandoned.abort()
    flight.part?.end()
  }

  /** Whoever asks from now on asks anew. */
  #forget(url: string, flight: Flight): void {
    if (this.#flights.get(url) === flight) this.#flights.delete(url)
  }
}

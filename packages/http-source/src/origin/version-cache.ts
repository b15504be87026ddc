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

/** What an origin has under keys, kept for a short time. Those who ask for a key at the same time share one question. */
export class VersionCache {
  readonly #origin: Origin
  readonly #urlOf: (key: string) => string | undefined
  readonly #keepFor: number
  readonly #kept = new LRUCache<string, Kept>({ max: MAX })
  readonly #flights = new Map<string, Flight>()

  /**
   * @param urlOf the URL of a key; `undefined` if the key can name nothing there.
   * @param keepFor in milliseconds; 0: each caller asks for itself.
   */
  constructor(origin: Origin, urlOf: (key: string) => string | undefined, keepFor: number) {
    this.#origin = origin
    this.#urlOf = urlOf
    this.#keepFor = keepFor
  }

  /** The version of a key, if it is kept still. */
  kept(key: string): OriginVersion | undefined {
    const kept = this.#kept.get(key)
    return kept !== undefined && kept.until > performance.now() ? kept.version : undefined
  }

  /** As {@link Origin.open}, for a key that is not kept. */
  async find(key: string, options: OpenOptions = {}): Promise<Found | undefined> {
    // On Workers a question ends with the request that asked it.
    return IS_WORKERD || !(this.#keepFor > 0) ? this.#ask(key, options) : this.#share(key, options)
  }

  /** Forgets a version that is there no more. */
  drop(key: string, version: OriginVersion): void {
    if (this.#kept.peek(key)?.version === version) this.#kept.delete(key)
  }

  async #ask(key: string, { likelyRange, signal }: OpenOptions): Promise<Found | undefined> {
    const url = this.#urlOf(key)
    if (url === undefined) return undefined
    const found = await this.#origin.open(url, likelyRange, signal)
    if (found !== undefined && this.#keepFor > 0) {
      this.#kept.set(key, { version: found.version, until: performance.now() + this.#keepFor })
    }
    return found
  }

  async #share(key: string, { likelyRange, signal }: OpenOptions): Promise<Found | undefined> {
    signal?.throwIfAborted()
    const flight = this.#flights.get(key) ?? this.#begin(key, likelyRange)
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
      if (flight.waiting === 0) this.#end(key, flight)
    }
  }

  #begin(key: string, likelyRange: OpenOptions['likelyRange']): Flight {
    const abandoned = new AbortController()
    const asked = this.#ask(key, { likelyRange, signal: abandoned.signal })
    const answer = asked.then((found) => {
      this.#forget(key, flight)
      flight.part = found?.part
      if (flight.waiting === 0) flight.part?.end()
      return found?.version
    })
    const flight: Flight = { answer, part: undefined, abandoned, waiting: 0 }
    this.#flights.set(key, flight)
    answer.catch(() => this.#forget(key, flight))
    return flight
  }

  /** Nobody waits for it any more. */
  #end(key: string, flight: Flight): void {
    this.#forget(key, flight)
    flight.abandoned.abort()
    flight.part?.end()
  }

  /** Whoever asks from now on asks anew. */
  #forget(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}

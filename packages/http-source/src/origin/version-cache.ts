import { LRUCache } from 'lru-cache'
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

  /** As {@link Origin.describe}. */
  async describe(url: string, signal?: AbortSignal): Promise<OriginVersion | undefined> {
    if (!(this.#keepFor > 0)) return this.#origin.describe(url, signal)
    const kept = this.#kept.get(url)
    if (kept !== undefined && kept.until > performance.now()) return kept.version
    // On Workers a question ends with the request that asked it.
    return IS_WORKERD ? this.#ask(url, signal) : this.#share(url, signal)
  }

  /** Forgets a version that is there no more. */
  drop(url: string, version: OriginVersion): void {
    if (this.#kept.peek(url)?.version === version) this.#kept.delete(url)
  }

  async #ask(url: string, signal: AbortSignal | undefined): Promise<OriginVersion | undefined> {
    const version = await this.#origin.describe(url, signal)
    if (version !== undefined) this.#kept.set(url, { version, until: performance.now() + this.#keepFor })
    return version
  }

  async #share(url: string, signal: AbortSignal | undefined): Promise<OriginVersion | undefined> {
    signal?.throwIfAborted()
    const flight = this.#flights.get(url) ?? this.#begin(url)
    flight.waiting++
    const leave = Promise.withResolvers<never>()
    const onAbort = () => leave.reject(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    try {
      return await Promise.race([flight.answer, leave.promise])
    } finally {
      signal?.removeEventListener('abort', onAbort)
      flight.waiting--
      if (flight.waiting === 0) this.#end(url, flight)
    }
  }

  #begin(url: string): Flight {
    const abandoned = new AbortController()
    const flight = { answer: this.#ask(url, abandoned.signal), abandoned, waiting: 0 }
    this.#flights.set(url, flight)
    flight.answer.catch(() => {}).finally(() => this.#end(url, flight))
    return flight
  }

  #end(url: string, flight: Flight): void {
    if (this.#flights.get(url) === flight) this.#flights.delete(url)
    flight.abandoned.abort()
  }
}

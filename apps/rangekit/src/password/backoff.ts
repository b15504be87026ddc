import { LRUCache } from 'lru-cache'

/** Wrong passwords from one address before it has to wait. */
const FREE = 5
/** Seconds to wait then; doubled with each further one. */
const WAIT_MIN = 1
const WAIT_MAX = 15 * 60
/** An address without a wrong password for this many milliseconds is forgotten. */
const FORGET_AFTER = 60 * 60 * 1000
/** Addresses that are kept; the oldest make room. */
const MAX_ADDRESSES = 10_000

interface Failures {
  readonly count: number
  /** Milliseconds since 1970. */
  readonly until: number
}

/**
 * How long addresses have to wait that sent wrong passwords. A right password between wrong ones does not end the wait:
 * with an account, others could be guessed for.
 */
export class Backoff {
  readonly #now: () => number
  readonly #failures: LRUCache<string, Failures>

  constructor(now: () => number = Date.now) {
    this.#now = now
    this.#failures = new LRUCache({
      max: MAX_ADDRESSES,
      ttl: FORGET_AFTER,
      ttlResolution: 0,
      perf: { now },
    })
  }

  /** How many seconds, rounded up, until a password from here is looked at; 0 if at once. */
  waitOf(address: string): number {
    if (this.#failures.size === 0) return 0
    const { until = 0 } = this.#failures.get(address) ?? {}
    return Math.max(0, Math.ceil((until - this.#now()) / 1000))
  }

  /** Notes a wrong password. */
  fail(address: string): void {
    const count = (this.#failures.get(address)?.count ?? 0) + 1
    const seconds = count < FREE ? 0 : Math.min(WAIT_MIN * 2 ** (count - FREE), WAIT_MAX)
    this.#failures.set(address, { count, until: this.#now() + seconds * 1000 })
  }
}

import { checkSendable, type Fields, type MaybePromise } from '@rangekit/range-core'
import { Slots } from './slots.ts'

/** A request to an origin, to be signed. */
export interface OriginRequest {
  /** HEAD asks for metadata, GET for a range. */
  readonly method: 'GET' | 'HEAD'
  /** Absolute. */
  readonly url: string
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** How an origin is asked. */
export interface OriginOptions {
  /** Fields of every request to the origin itself, such as Authorization. They do not follow a redirect elsewhere. */
  readonly headers?: Fields | undefined
  /**
   * Signs a request: returns it with further fields, or another URL. Asked for each attempt. Range, If-Match,
   * If-Unmodified-Since and Accept-Encoding are set after it.
   */
  readonly sign?: ((request: OriginRequest) => MaybePromise<OriginRequest>) | undefined
  /** Milliseconds without an answer, or without a further byte while one is waited for. Default: 30,000. */
  readonly timeout?: number | undefined
  /** How often in a row a request is repeated that failed in a way that may pass. Default: 3. */
  readonly retries?: number | undefined
  /** Requests at once; more wait for up to `timeout`. Not counted on Workers, which have a bound. Default: 256. */
  readonly maxConnections?: number | undefined
  /**
   * Which redirects are followed, up to five: to the same scheme, host and port, everywhere, or none. What is elsewhere
   * gets neither `headers` nor a signature. Default: `same-origin`.
   */
  readonly redirect?: 'same-origin' | 'follow' | 'error' | undefined
  /** Replaces `fetch`. It must not follow redirects by itself. Default: that of the runtime. */
  readonly fetch?: typeof fetch | undefined
}

/** The same with defaults, and the connections that are shared. */
export interface OriginSettings {
  readonly headers: Readonly<Record<string, string>>
  readonly sign: OriginOptions['sign']
  readonly timeout: number
  readonly retries: number
  readonly redirect: 'same-origin' | 'follow' | 'error'
  readonly fetch: OriginOptions['fetch']
  readonly slots: Slots
}

/** Timers cannot be set for longer, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1

/** Fields by which a read is bound to one range of one version. */
export const BINDING: ReadonlySet<string> = new Set([
  'accept-encoding',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
])

/** @throws TypeError or RangeError for options that cannot be meant. */
export function settingsOf(options: OriginOptions): OriginSettings {
  const {
    sign,
    timeout = 30_000,
    retries = 3,
    maxConnections = 256,
    redirect = 'same-origin',
    fetch,
  } = options
  expectAtLeast('timeout', timeout, 1)
  if (timeout > MAX_TIMEOUT)
    throw new RangeError(`Expected at most ${MAX_TIMEOUT} as timeout, got ${timeout}`)
  expectAtLeast('retries', retries, 0)
  expectAtLeast('maxConnections', maxConnections, 1)
  if (!['same-origin', 'follow', 'error'].includes(redirect)) {
    throw new TypeError(`Expected same-origin, follow or error as redirect, got ${redirect}`)
  }
  return {
    headers: ownFields(options.headers ?? {}),
    sign,
    timeout,
    retries,
    redirect,
    fetch,
    slots: new Slots(maxConnections),
  }
}

function ownFields(fields: Fields): Record<string, string> {
  checkSendable(fields)
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const lower = name.toLowerCase()
      if (BINDING.has(lower)) throw new TypeError(`${name} is set for each request, it cannot be an option`)
      return [lower, value]
    }),
  )
}

function expectAtLeast(name: string, value: number, least: number): void {
  if (!(value >= least))
    throw new RangeError(`Expected a number of at least ${least} as ${name}, got ${value}`)
}

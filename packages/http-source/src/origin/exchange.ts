import type { MaybePromise } from '@rangekit/range-core'
import { OriginError } from './origin-error.ts'
import type { OriginSettings } from './origin-options.ts'
import { needsPermission } from './runtime.ts'
import { StallClock } from './stall-clock.ts'
import { nameOf } from './status-fault.ts'

type Chunk = Uint8Array<ArrayBuffer>

/**
 * One request under way and its answer, head and body, within the time-out. It holds a slot until it ends; it ends at
 * its last byte, by `end`, or when the signal is aborted.
 */
export class Exchange {
  readonly #settings: OriginSettings
  #signal: AbortSignal | undefined
  readonly #abort = new AbortController()
  readonly #clock: StallClock
  /** The URL that was asked last, unsigned: after redirects, where the answer is from. */
  answeredBy = ''
  #response: Response | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #hasEnded = false
  /** What happens if it takes too long, in words. */
  #waitsFor = 'did not answer'

  /** @param settings whose slot was taken. */
  constructor(settings: OriginSettings, signal: AbortSignal | undefined) {
    this.#settings = settings
    this.#clock = new StallClock(settings.timeout, this.#stall)
    this.follow(signal)
  }

  /** From now on it ends with this signal, and with no earlier one. */
  follow(signal: AbortSignal | undefined): void {
    this.#signal?.removeEventListener('abort', this.#leave)
    this.#signal = signal
    if (this.#hasEnded) return
    signal?.addEventListener('abort', this.#leave)
    if (signal?.aborted) this.#leave()
  }

  /** @throws Error before the head has arrived. */
  get response(): Response {
    if (this.#response === undefined) throw new Error('There is no answer yet')
    return this.#response
  }

  /** Waits for a signature, within the time-out as well. It may never come, so the end of this is the end of the wait. */
  async signed<T>(sign: () => MaybePromise<T>): Promise<T> {
    const { signal } = this.#abort
    signal.throwIfAborted()
    const ended = Promise.withResolvers<never>()
    const onEnd = () => ended.reject(signal.reason)
    signal.addEventListener('abort', onEnd)
    this.#waitsFor = 'was not asked: no signature came'
    this.#clock.start()
    try {
      return await Promise.race([sign(), ended.promise])
    } finally {
      this.#clock.pause()
      this.#waitsFor = 'did not answer'
      signal.removeEventListener('abort', onEnd)
    }
  }

  /** Sends a request and waits for its head. A body of an earlier request is dropped. */
  async fetch(url: string, init: RequestInit): Promise<Response> {
    this.#response?.body?.cancel().catch(() => {})
    const fetch = this.#settings.fetch ?? globalThis.fetch
    this.#response = await this.#within(() => fetch(url, { ...init, signal: this.#abort.signal }))
    this.#waitsFor = 'sent nothing more'
    return this.#response
  }

  /** The next bytes of the body, never none; `undefined` at its end. */
  async next(): Promise<Chunk | undefined> {
    this.#abort.signal.throwIfAborted()
    if (this.#hasEnded || this.response.body === null) return this.#finish()
    this.#reader ??= this.response.body.getReader()
    const reader = this.#reader
    for (;;) {
      const { done, value } = await this.#within(() => reader.read())
      if (done) return this.#finish()
      if (value.byteLength > 0) return value as Chunk
    }
  }

  /** Lets the body end, if it has not more than so many bytes: only then its connection can be used again. */
  async drain(limit = 0): Promise<void> {
    try {
      let left = limit
      while (left >= 0) {
        const chunk = await this.next()
        if (chunk === undefined) return
        left -= chunk.byteLength
      }
    } catch {
      // It has failed: the connection is of no use.
    }
    this.end()
  }

  /** Ends it at once. What is under way of it is broken off, and its connection closed. */
  end(reason?: unknown): void {
    if (this.#hasEnded) return
    this.#finish()
    this.#abort.abort(reason)
  }

  #finish(): undefined {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#clock.stop()
    this.#signal?.removeEventListener('abort', this.#leave)
    this.#settings.slots.release()
  }

  async #within<T>(work: () => Promise<T>): Promise<T> {
    this.#abort.signal.throwIfAborted()
    this.#clock.start()
    try {
      return await work()
    } catch (error) {
      // Runtimes differ in what they throw then.
      this.#abort.signal.throwIfAborted()
      // Browsers do not tell which of the two it is.
      const isForbidden = this.#response === undefined && needsPermission(this.answeredBy)
      const orForbidden = isForbidden ? ', or it does not let this page read it (CORS)' : ''
      throw new OriginError(
        'unreachable',
        `The connection to ${nameOf(this.answeredBy)} failed${orForbidden}`,
        { cause: withoutQueries(error), status: this.#response?.status, isTransient: true },
      )
    } finally {
      this.#clock.pause()
    }
  }

  readonly #leave = () => this.end(this.#signal?.reason)

  readonly #stall = () => {
    const message = `${nameOf(this.answeredBy)} ${this.#waitsFor} within ${this.#settings.timeout} ms`
    this.end(new OriginError('timeout', message, { status: this.#response?.status, isTransient: true }))
  }
}

const QUERY = /(https?:\/\/[^\s?#]+)\?[^\s)"']*/gi

/** Deno and Bun repeat the URL in their errors, and its query may be a signature: such an error is not kept as it is. */
function withoutQueries(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const message = error.message.replace(QUERY, '$1')
  const cause = withoutQueries(error.cause)
  if (message === error.message && cause === error.cause && !('path' in error)) return error
  const code = 'code' in error ? { code: error.code } : {}
  return Object.assign(new Error(message, { cause }), code)
}

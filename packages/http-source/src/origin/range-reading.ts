import {
  type ByteRange,
  byteLength,
  type Fields,
  formatEntityTag,
  formatHttpDate,
  parseHttpDate,
} from '@rangekit/range-core'
import { Backoff } from './backoff.ts'
import type { Exchange } from './exchange.ts'
import type { FirstPart } from './first-part.ts'
import { OriginError } from './origin-error.ts'
import type { OriginSettings } from './origin-options.ts'
import type { OriginVersion } from './origin-version.ts'
import type { Reading } from './reading-stream.ts'
import { needsPermission } from './runtime.ts'
import { isSameOrigin, send } from './send.ts'
import { nameOf } from './status-fault.ts'
import { contentLength, verifyPart } from './verify.ts'

type Chunk = Uint8Array<ArrayBuffer>

/** How links that redirects lead to are answered once their time is over: then the redirect is asked for again. */
const EXPIRED = new Set([400, 401, 403, 404, 410])

/**
 * One range of one version, read in chunks: exactly its bytes, or an error. What breaks is repeated, from the byte that
 * was reached.
 */
export class RangeReading implements Reading {
  readonly #settings: OriginSettings
  readonly #version: OriginVersion
  readonly #range: ByteRange
  #signal: AbortSignal | undefined
  readonly #backoff: Backoff
  /** What is sent each time, but for Range. */
  readonly #fields: Fields
  #url: string
  #isOwn: boolean
  #exchange: Exchange | undefined
  /** The last byte of the range that the exchange is for. */
  #lastComing: number
  /** The next byte. */
  #position: number
  /** Ends what comes after a failure. Most readings never need one. */
  #stop: AbortController | undefined
  /** Whether a validator is sure to differ for the bytes of another version, so that two answers can be joined. */
  #isStrong: boolean

  constructor(
    settings: OriginSettings,
    version: OriginVersion,
    range: ByteRange,
    signal: AbortSignal | undefined,
    part?: FirstPart,
  ) {
    const { url, redirectedFrom = url } = version
    this.#settings = settings
    this.#version = version
    this.#range = range
    this.#signal = signal
    this.#backoff = new Backoff(settings.retries)
    this.#fields = { 'accept-encoding': 'identity', ...condition(version) }
    this.#url = url
    this.#isOwn = redirectedFrom === url || isSameOrigin(redirectedFrom, url)
    this.#position = range.firstPos
    this.#isStrong = version.etag?.weak === false
    this.#lastComing = range.lastPos
    if (part !== undefined) this.#beginWith(part)
  }

  get isComplete(): boolean {
    return this.#position > this.#range.lastPos
  }

  /** Resolves when an answer has begun that announces what is missing of the range. */
  async begin(): Promise<void> {
    while (this.#exchange === undefined) {
      try {
        await this.#request()
      } catch (error) {
        await this.#backoff.wait(error, this.#signal)
      }
    }
  }

  async next(): Promise<Chunk | undefined> {
    while (!this.isComplete) {
      try {
        return await this.#receive(this.#exchange ?? (await this.#request()))
      } catch (error) {
        this.#exchange?.end()
        this.#exchange = undefined
        if (this.#position > this.#range.firstPos && !this.#isStrong) throw error
        await this.#backoff.wait(error, this.#stoppable())
      }
    }
    return undefined
  }

  /** The whole range in one piece. */
  async bytes(): Promise<Chunk> {
    let bytes: Chunk | undefined
    let filled = 0
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) {
      if (chunk.byteLength === byteLength(this.#range)) return chunk
      bytes ??= new Uint8Array(byteLength(this.#range))
      bytes.set(chunk, filled)
      filled += chunk.byteLength
    }
    return bytes ?? new Uint8Array()
  }

  end(reason?: unknown): void {
    this.#exchange?.end(reason)
    this.#stop?.abort(reason)
  }

  #stoppable(): AbortSignal {
    if (this.#stop === undefined) {
      this.#stop = new AbortController()
      const { signal } = this.#stop
      this.#signal = this.#signal === undefined ? signal : AbortSignal.any([this.#signal, signal])
    }
    return this.#signal ?? this.#stop.signal
  }

  async #request(): Promise<Exchange> {
    const range = { firstPos: this.#position, lastPos: this.#range.lastPos }
    const fields = { ...this.#fields, range: `bytes=${range.firstPos}-${range.lastPos}` }
    const exchange = await this.#send(fields)
    try {
      verifyPart(this.#settings, this.#version, range, exchange.response)
    } catch (error) {
      exchange.end()
      throw error
    }
    this.#isStrong ||= hasStrongDate(this.#version, exchange.response)
    return this.#expect(exchange, range.lastPos)
  }

  /** Takes what came with the version, if the range begins with it, and if the rest can be joined to it. */
  #beginWith(part: FirstPart): void {
    this.#isStrong ||= hasStrongDate(this.#version, part.response)
    const { firstPos, lastPos } = part.range
    const isWhole = lastPos === this.#range.lastPos
    const isFront = lastPos < this.#range.lastPos && this.#isStrong
    if (firstPos === this.#position && (isWhole || isFront)) {
      const exchange = part.take(this.#signal)
      if (exchange !== undefined) this.#expect(exchange, lastPos)
    } else part.end()
  }

  /** The head of an answer is verified; its bytes come next. */
  #expect(exchange: Exchange, lastPos: number): Exchange {
    this.#exchange = exchange
    this.#lastComing = lastPos
    return exchange
  }

  async #send(fields: Fields): Promise<Exchange> {
    const asked = { method: 'GET', url: this.#url, isOwn: this.#isOwn, fields } as const
    const exchange = await send(this.#settings, asked, this.#signal)
    const { redirectedFrom = this.#url } = this.#version
    if (redirectedFrom === this.#url || !EXPIRED.has(exchange.response.status)) return exchange
    exchange.end()
    this.#url = redirectedFrom
    this.#isOwn = true
    return this.#send(fields)
  }

  async #receive(exchange: Exchange): Promise<Chunk> {
    const missing = this.#lastComing - this.#position + 1
    const chunk = await exchange.next()
    if (chunk === undefined) throw this.#lengthFault(`ended ${missing} bytes early`)
    if (chunk.byteLength > missing) throw this.#lengthFault('sent more than the range')
    if (chunk.byteLength === missing) {
      await this.#expectEnd(exchange)
      this.#exchange = undefined
    }
    this.#position += chunk.byteLength
    this.#backoff.reset()
    return chunk
  }

  /** A body that says its length cannot go on; from another one, its last bytes count only once it has ended. */
  async #expectEnd(exchange: Exchange): Promise<void> {
    if (contentLength(exchange.response) !== undefined) return void exchange.drain()
    if ((await exchange.next()) !== undefined) throw this.#lengthFault('sent more than the range')
  }

  /** Not repeated: what sends another length than it has announced does not break, it is wrong. */
  #lengthFault(problem: string): OriginError {
    const { firstPos, lastPos } = this.#range
    const message = `${nameOf(this.#version.url)} ${problem} in bytes ${firstPos}-${lastPos}`
    return new OriginError('wrong-length', message, { status: 206 })
  }
}

/**
 * With a precondition, fetch says `no-cache` unless told otherwise (Fetch, HTTP-network-or-cache fetch). A cache in front
 * of the origin may answer: what it has is of the version, or is found out.
 */
const CACHEABLE = { 'cache-control': 'max-age=31536000' }

/** The precondition that binds a read to its version (9110 §13.1.1, §13.1.4), as far as it has a validator. */
function condition({ url, etag, lastModified }: OriginVersion): Fields {
  if (needsPermission(url)) return {}
  if (etag !== undefined && !etag.weak) return { ...CACHEABLE, 'if-match': formatEntityTag(etag) }
  if (lastModified === undefined) return {}
  return { ...CACHEABLE, 'if-unmodified-since': formatHttpDate(lastModified.getTime()) }
}

/** Whether the version was older than a second when the answer was made: else it may have changed once more in it (9110 §8.8.2.2). */
function hasStrongDate({ lastModified }: OriginVersion, { headers }: Response): boolean {
  const date = parseHttpDate(headers.get('date') ?? '')
  return lastModified !== undefined && date !== undefined && date * 1000 - lastModified.getTime() >= 1000
}

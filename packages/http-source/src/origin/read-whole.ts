import { versionOf } from './answered-version.ts'
import { fieldsFor, isMissing } from './describe.ts'
import type { Exchange } from './exchange.ts'
import { OriginError } from './origin-error.ts'
import type { OriginSettings } from './origin-options.ts'
import type { OriginVersion } from './origin-version.ts'
import type { Reading } from './reading-stream.ts'
import { needsPermission } from './runtime.ts'
import { send } from './send.ts'
import { nameOf, statusFault } from './status-fault.ts'
import { codingOf, contentLength } from './verify.ts'

type Chunk = Uint8Array<ArrayBuffer>

/**
 * Asks once for all of a representation.
 *
 * @returns `undefined` if there is nothing. It must be read to its end, or ended.
 * @throws OriginError for every other answer, also for one in a coding, which some `fetch` decode.
 */
export async function readWhole(
  settings: OriginSettings,
  url: string,
  signal: AbortSignal | undefined,
): Promise<WholeReading | undefined> {
  const exchange = await send(settings, { method: 'GET', url, isOwn: true, fields: fieldsFor(url) }, signal)
  const { response } = exchange
  const isThere = !isMissing(exchange, url)
  const coding = codingOf(response.headers.get('content-encoding'))
  if (isThere && response.status === 200 && coding === undefined) return new WholeReading(exchange, url)
  exchange.end()
  if (!isThere) return undefined
  if (response.status !== 200) throw statusFault(response, url)
  const problem = `${nameOf(url)} is sent in the coding ${coding}, which was not asked for`
  throw new OriginError('encoded', problem, { status: 200 })
}

/**
 * All of a version, read in chunks from one answer: as many bytes as that announces, or an error. Nothing is repeated,
 * since nothing binds a second answer to the first.
 */
export class WholeReading implements Reading {
  readonly version: Omit<OriginVersion, 'completeLength'>
  /** Bytes that are announced; `undefined` if the origin does not tell. */
  readonly size: number | undefined
  readonly #exchange: Exchange
  #bytes = 0
  #isComplete = false

  /** @param exchange whose head has come, and nothing else was read. */
  constructor(exchange: Exchange, url: string) {
    this.version = versionOf(exchange, url)
    this.size = contentLength(exchange.response)
    this.#exchange = exchange
  }

  get isComplete(): boolean {
    return this.#isComplete
  }

  async next(): Promise<Chunk | undefined> {
    try {
      const chunk = await this.#exchange.next()
      this.#bytes += chunk?.byteLength ?? 0
      this.#isComplete = chunk === undefined
      this.#expectLength()
      return chunk
    } catch (error) {
      this.end()
      throw error
    }
  }

  end(reason?: unknown): void {
    this.#exchange.end(reason)
  }

  /** Not every `fetch` does. */
  #expectLength(): void {
    const length = this.size ?? this.#bytes
    if (this.#isComplete ? this.#bytes === length : this.#bytes <= length) return
    const { url } = this.version
    const problem = `${nameOf(url)} sent ${this.#bytes} bytes of ${length}`
    // Of another origin, a page sees the length of what was compressed, but not that it was.
    if (this.#bytes > length && needsPermission(url)) {
      throw new OriginError('encoded', `${problem}: it was compressed`, { status: 200 })
    }
    throw new OriginError('wrong-length', problem, { status: 200 })
  }
}

import type { ByteRange, IntRange } from '@rangekit/range-core'
import { Backoff } from './backoff.ts'
import { describe, type Found } from './describe.ts'
import type { FirstPart } from './first-part.ts'
import { type OriginOptions, type OriginSettings, settingsOf } from './origin-options.ts'
import type { OriginVersion } from './origin-version.ts'
import { RangeReading } from './range-reading.ts'
import { readText } from './read-text.ts'
import { readWhole, type WholeReading } from './read-whole.ts'
import { streamOf } from './reading-stream.ts'

type Chunk = Uint8Array<ArrayBuffer>

/** All that speaks HTTP with origins. Sources and remote files are thin on top of it. */
export class Origin {
  readonly #settings: OriginSettings

  constructor(options: OriginOptions = {}) {
    this.#settings = settingsOf(options)
  }

  /**
   * What is at a URL now: asked with HEAD, or with a first range where HEAD is refused or does not tell the length.
   *
   * @returns `undefined` if there is nothing (404, 410).
   * @throws OriginError for every other answer, after retries where they may help; or the reason of the signal.
   */
  async describe(url: string, signal?: AbortSignal): Promise<OriginVersion | undefined> {
    return (await this.open(url, undefined, signal))?.version
  }

  /**
   * The same, asked with GET for a range that will probably be read, if there is one: so its bytes come at once.
   *
   * @returns must have its part read, or ended.
   */
  async open(url: string, likely: IntRange | undefined, signal?: AbortSignal): Promise<Found | undefined> {
    return this.#repeated(() => describe(this.#settings, url, likely, signal), signal)
  }

  /**
   * The whole of a short document, such as a list.
   *
   * @param limit the most bytes that are read.
   * @throws OriginError, also for 404, after retries where they may help; or the reason of the signal.
   */
  async text(url: string, limit: number, signal?: AbortSignal): Promise<string> {
    return this.#repeated(() => readText(this.#settings, url, limit, signal), signal)
  }

  /**
   * All of what is at a URL, of whatever version, by one request. Retries end with its head.
   *
   * @returns `undefined` if there is nothing. It must be read to its end, or ended.
   * @throws OriginError, or the reason of the signal.
   */
  async whole(url: string, signal?: AbortSignal): Promise<WholeReading | undefined> {
    return this.#repeated(() => readWhole(this.#settings, url, signal), signal)
  }

  /**
   * One range of a version, by one request as long as nothing breaks.
   *
   * @param part what came with the version, which may be the beginning of the range.
   * @param translate replaces the error of a body that fails later. Default: none.
   * @returns once the head is verified: a stream of exactly the range, or it errors. Nothing is read ahead.
   * @throws OriginError, or the reason of the signal.
   */
  async read(
    version: OriginVersion,
    range: ByteRange,
    signal?: AbortSignal,
    part?: FirstPart,
    translate?: (error: unknown) => unknown,
  ): Promise<ReadableStream<Chunk>> {
    const reading = this.#reading(version, range, signal, part)
    await reading.begin()
    return streamOf(reading, translate)
  }

  /** The same in one piece, for short ranges. */
  async readBytes(
    version: OriginVersion,
    range: ByteRange,
    signal?: AbortSignal,
    part?: FirstPart,
  ): Promise<Chunk> {
    return this.#reading(version, range, signal, part).bytes()
  }

  async #repeated<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const backoff = new Backoff(this.#settings.retries)
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        await backoff.wait(error, signal)
      }
    }
  }

  #reading(
    version: OriginVersion,
    range: ByteRange,
    signal: AbortSignal | undefined,
    part: FirstPart | undefined,
  ): RangeReading {
    const { firstPos, lastPos } = range
    if (!(firstPos >= 0 && firstPos <= lastPos && lastPos < version.completeLength)) {
      throw new RangeError(`Bytes ${firstPos}-${lastPos} are not within ${version.completeLength}`)
    }
    return new RangeReading(this.#settings, version, range, signal, part)
  }
}

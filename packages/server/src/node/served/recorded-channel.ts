import { aborted } from '@rangekit/range-handler'
import type { Connection } from '../connection/connection.ts'
import type { Channel, Part, Pieces } from '../response/channel.ts'
import type { FieldRecord } from '../response/response-head.ts'
import type { ServedRecord } from './served-record.ts'

/** The channel, which also keeps the record of the request if there is one. */
export function recorded(channel: Channel, record: ServedRecord | undefined): Channel {
  return record === undefined ? channel : new RecordedChannel(channel, record)
}

/** A channel that keeps the record of its request, however the response is sent. */
class RecordedChannel implements Channel {
  readonly record: ServedRecord
  readonly isNative: boolean
  readonly #channel: Channel

  constructor(channel: Channel, record: ServedRecord) {
    this.#channel = channel
    this.record = record
    this.isNative = channel.isNative
  }

  get method(): string {
    return this.#channel.method
  }

  get connection(): Connection {
    return this.#channel.connection
  }

  get isGone(): boolean {
    return this.#channel.isGone
  }

  get isHeadSent(): boolean {
    return this.#channel.isHeadSent
  }

  writeHead(status: number, fields: Readonly<FieldRecord>): void {
    this.#channel.writeHead(status, fields)
    this.record.head(status, fields)
  }

  resetHead(): void {
    this.#channel.resetHead()
  }

  flushHead(): void {
    this.#channel.flushHead()
  }

  pieces(length: number): Pieces {
    return this.#channel.pieces(length)
  }

  write(bytes: Uint8Array, part: Part): Promise<void> | undefined {
    // Its buffer is used again once it was taken.
    const { byteLength } = bytes
    const written = this.#channel.write(bytes, part)
    if (written !== undefined) return written.then(() => this.#taken(byteLength, part))
    this.#taken(byteLength, part)
    return undefined
  }

  end(): void {
    this.#channel.end()
    this.record.end()
  }

  breakOff(): void {
    this.#channel.breakOff()
    this.record.end(aborted())
  }

  onClose(callback: () => void): () => void {
    return this.#channel.onClose(() => {
      callback()
      // It has ended before, or does so when the promise of the last write resolves, unless the client has left.
      if (this.record.outcome === undefined) queueMicrotask(() => this.record.end(aborted()))
    })
  }

  #taken(count: number, part: Part): void {
    this.record.sent(count)
    if (part !== 'more') this.record.end()
  }
}

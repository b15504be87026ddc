import type { ByteRange } from '../../byte-range.ts'
import type { PlannedAnswer } from '../correct/answer.ts'
import type { ChaosFile } from '../file.ts'

/**
 * What a fault asks of a reader.
 *
 * - `permitted`: a server may do this; a reader copes, or says what it does not support
 * - `broken`: a connection that breaks, or a response that contradicts the request or itself; a reader can notice
 * - `silent`: a response that looks right and is not; only the content shows it
 */
export type FaultKind = 'permitted' | 'broken' | 'silent'

/** Where a response stops. */
export interface Stop {
  /** After so many bytes of the body; `head`: before the head. */
  readonly at: number | 'head'
  /** Milliseconds until it goes on, or the connection ends. */
  readonly forMs: number
  /** `close` ends the connection in order (FIN), `reset` does not (RST). */
  readonly outcome: 'go-on' | 'close' | 'reset'
}

/** How a response is sent. */
export interface Wire {
  /** In the order of their places. */
  stops: readonly Stop[]
  /** Bytes behind the end of the response, on its connection. */
  extra?: Uint8Array
}

/** Options of faults. */
export interface FaultSettings {
  /** Milliseconds that a response stops for. Default: 5000. */
  readonly stallMs: number
  /** Milliseconds that a slow body takes. Default: 1000. */
  readonly slowMs: number
  /** Seconds in Retry-After. Default: 1. */
  readonly retryAfter: number
}

/** A response to which a fault is to be applied. */
export interface FaultContext {
  readonly answer: PlannedAnswer
  readonly wire: Wire
  readonly file: ChaosFile
  /** The version in the response. */
  readonly version: number
  /** What the response has of the file: a range, or the whole. */
  readonly sent: ByteRange
  readonly path: string
  /** The other origin, without a path. */
  readonly awayUrl: string
  readonly settings: FaultSettings
  /** From 0 up, below 1. */
  random(): number
}

/** One fault. */
export interface Fault {
  readonly name: string
  readonly kind: FaultKind
  /** What the origin does, in a sentence. */
  readonly text: string
  /**
   * The requests that it can happen to: every one, HEAD, those that get content (GET), and those that get a single range
   * which is not the whole.
   */
  readonly to: 'any' | 'head' | 'content' | 'range'
  /** Changes the file before the response is made. */
  prepare?(file: ChaosFile): void
  /** Changes the response. */
  apply?(context: FaultContext): void
}

/** A position within the body: before its last byte. */
export function somewhere({ sent, random }: FaultContext): number {
  return Math.floor(random() * (sent.lastPos - sent.firstPos + 1))
}

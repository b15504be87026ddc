import type { Fields, RepresentationInfo, ResponsePlan, Segment } from '@rangekit/range-core'
import { lengthOf } from './body/length-of.ts'
import { COMPLETE, type Outcome } from './body/outcome.ts'

/**
 * One response to a request, with or without a body, from the request to its end. What changes while it is sent is read
 * when it is asked for: no callback runs for each chunk.
 */
export interface Transfer {
  /** The request that is answered. */
  readonly request: Request
  /** The key that the request named; `undefined` if it named none, or its method needs none. */
  readonly key: string | undefined
  /**
   * The status that the client gets, as far as is known: a fault that comes before the head of a planned 206 turns it
   * into a 500 or 503. 499 if the client left before there was a response.
   */
  readonly status: number
  /** The planned fields, or those of the fault. Middleware may change what is sent. */
  readonly headers: Headers
  /**
   * The planned body: ranges of the representation, and between them the headers of parts. Empty where no part of the
   * representation was to be sent, as for a 304, 416 or 404, and for HEAD. A fault does not change it.
   */
  readonly segments: readonly Segment[]
  /** Bytes in these segments; `undefined` if the body ends when the representation is complete, however long that is. */
  readonly length: number | undefined
  /** Bytes in the whole representation; `undefined` if there is none, or nobody knows yet. */
  readonly completeLength: number | undefined
  /** Whether all bytes of the representation are there, by now or at the end: not if it is still being written. */
  readonly isComplete: boolean
  /**
   * How many bytes of the representation are there, by now or at the end, from the first one on; `undefined` if all of them
   * are, or there is none.
   */
  readonly frontier: number | undefined
  /** When the request reached the handler, in milliseconds since 1970. */
  readonly startedAt: number
  /** Milliseconds from then to the end, or until now. */
  readonly duration: number
  /**
   * How many bytes of the segments were handed over so far: to the kernel by `serve` of `@rangekit/server`, to the
   * runtime elsewhere. All of them if it is complete; `undefined` if it is not and the runtime does not report it,
   * as on Workers.
   */
  readonly bytesSent: number | undefined
  /** How it ended; `undefined` while it is being sent. */
  readonly outcome: Outcome | undefined
}

/**
 * Listens to transfers. It is called once for each, when its response is known; what it returns is called once, when
 * the transfer has ended, with the same object. Both run while requests are served, so they should be quick; what they
 * throw goes to the console.
 *
 * @example
 * const ended = []
 * const onTransfer = () => ({ status, bytesSent, length, outcome }) => {
 *   ended.push(`${status}: ${bytesSent} of ${length} bytes, ${outcome.kind}`)
 * }
 * const response = await createHandler(source, { onTransfer })(new Request('http://localhost/film.mp4'))
 * await response.arrayBuffer()
 * ended // ['200: 4 of 4 bytes, complete']
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a listener that does not care about the end returns nothing.
export type TransferListener = (transfer: Transfer) => ((transfer: Transfer) => void) | void

/** What changes of a representation while it is sent. */
type Progress = Pick<RepresentationInfo, 'completeLength' | 'isComplete' | 'frontier'>

/** The transfer of a request, made if there is a listener. The handler and the sender of the body update it. */
export class TransferRecord implements Transfer {
  readonly request: Request
  readonly startedAt = Date.now()
  key: string | undefined
  status = 0
  segments: readonly Segment[] = []
  length: number | undefined = 0
  outcome: Outcome | undefined
  readonly #listener: TransferListener
  readonly #began = performance.now()
  #sent: number | undefined = 0
  #ended = 0
  #isReported = false
  #progress: Progress | undefined
  #fields: Fields | Headers = {}
  #onEnd: ReturnType<TransferListener> = undefined

  constructor(listener: TransferListener, request: Request) {
    this.#listener = listener
    this.request = request
  }

  get headers(): Headers {
    if (!(this.#fields instanceof Headers)) this.#fields = new Headers(this.#fields)
    return this.#fields
  }

  get duration(): number {
    return (this.outcome === undefined ? performance.now() : this.#ended) - this.#began
  }

  get bytesSent(): number | undefined {
    return this.outcome?.kind === 'complete' ? (this.length ?? this.#sent) : this.#sent
  }

  get completeLength(): number | undefined {
    return this.#progress?.completeLength
  }

  get isComplete(): boolean {
    return this.#progress?.isComplete !== false
  }

  get frontier(): number | undefined {
    return this.isComplete ? undefined : this.#progress?.frontier
  }

  /** What will be sent if nothing fails before. */
  plan({ status, headers, segments }: ResponsePlan, representation: RepresentationInfo): void {
    this.status = status
    this.#fields = headers
    this.segments = segments
    this.length = lengthOf(segments)
    this.#progress = representation
  }

  /** Counts bytes that were handed over. */
  sent(count: number): void {
    if (this.#sent !== undefined) this.#sent += count
  }

  /** The bytes of this body cannot be counted. */
  uncounted(): void {
    this.#sent = undefined
  }

  /** Calls the listener, now that the response is known. */
  report(): void {
    this.#isReported = true
    this.#onEnd = attempt(this.#listener, this)
    if (this.outcome !== undefined) this.#reportEnd()
  }

  /** The first outcome counts. */
  end(outcome: Outcome): void {
    if (this.outcome !== undefined) return
    this.#ended = performance.now()
    // Transfers are kept: they must not lead to what is closed.
    if (this.#progress !== undefined) {
      const { completeLength, isComplete, frontier } = this.#progress
      this.#progress = { completeLength, isComplete, frontier }
    }
    // A reader may cancel a body instead of reading on to learn that it is at its end.
    const isWhole = outcome.kind === 'aborted' && Boolean(this.#sent) && this.#sent === this.length
    this.outcome = isWhole ? COMPLETE : outcome
    if (this.#isReported) this.#reportEnd()
  }

  /** Another response than the planned one was made, or there was no plan. How the planned one ended does not matter. */
  answer({ status, headers }: Response, outcome: Outcome = COMPLETE): void {
    this.status = status
    this.#fields = headers
    this.outcome = undefined
    this.end(outcome)
    this.report()
  }

  #reportEnd(): void {
    if (typeof this.#onEnd === 'function') attempt(this.#onEnd, this)
  }
}

function attempt<T>(listener: (transfer: Transfer) => T, transfer: Transfer): T | undefined {
  try {
    return listener(transfer)
  } catch (error) {
    console.error(error)
    return undefined
  }
}

/**
 * Reports a response that was made without a handler, such as the 403 of a guard in front of one.
 *
 * @param listener Default: none; then this does nothing.
 * @param key what the request names. Default: unknown.
 * @example
 * const statuses = []
 * const forbidden = new Response(null, { status: 403 })
 * reportTransfer(({ status }) => void statuses.push(status), new Request('http://localhost/a'), forbidden)
 * statuses // [403]
 */
export function reportTransfer(
  listener: TransferListener | undefined,
  request: Request,
  response: Response,
  key?: string,
): void {
  if (listener === undefined) return
  const transfer = new TransferRecord(listener, request)
  transfer.key = key
  transfer.answer(response)
}

import type { IncomingHttpHeaders } from 'node:http'
import { COMPLETE, type Outcome } from '@rangekit/range-handler'
import type { Client } from '../../client.ts'
import type { RequestListener, ServedRequest } from '../../served.ts'
import type { FieldRecord } from '../response/response-head.ts'

/** What is kept of a request's head. A request of `node:http` and one of `node:http2` have this shape. */
export interface RequestHead {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  readonly headers: IncomingHttpHeaders
}

/** Before a response, and if there never is one. */
const CLIENT_LEFT = 499

/** The record of a request, made if there is a listener. Whoever sends the response updates it. */
export class ServedRecord implements ServedRequest {
  readonly target: string | undefined
  readonly client: Client
  readonly startedAt = Date.now()
  status = CLIENT_LEFT
  bytesSent = 0
  firstByteAfter: number | undefined
  outcome: Outcome | undefined
  readonly #head: RequestHead | undefined
  readonly #began = performance.now()
  readonly #onEnd: ReturnType<RequestListener>
  #fields: Readonly<FieldRecord> = {}
  #fault: Outcome | undefined
  #ended = 0

  /** @param head of the request. Default: none, it was refused without one. */
  constructor(listener: RequestListener, client: Client, head?: RequestHead) {
    this.client = client
    this.#head = head
    // Now, because the server brings the target to normal form.
    this.target = head?.url
    this.#onEnd = attempt(listener, this)
  }

  get method(): string | undefined {
    return this.#head?.method
  }

  get httpVersion(): string | undefined {
    return this.#head?.httpVersion
  }

  get length(): number | undefined {
    if (this.firstByteAfter === undefined) return undefined
    if (this.method === 'HEAD' || this.status === 204 || this.status === 304) return 0
    const declared = this.#fields['Content-Length']
    return declared === undefined ? undefined : Number(declared)
  }

  get duration(): number {
    return (this.outcome === undefined ? performance.now() : this.#ended) - this.#began
  }

  requestField(name: string): string | undefined {
    return joined(this.#head?.headers[name])
  }

  responseField(name: string): string | undefined {
    return joined(this.#fields[name])
  }

  /** The head of the response is sent. */
  head(status: number, fields: Readonly<FieldRecord>): void {
    this.status = status
    this.#fields = fields
    this.firstByteAfter = performance.now() - this.#began
  }

  /** The server refused the request without the app, and sent no body. */
  refuse(status: number): void {
    this.head(status, { 'Content-Length': '0' })
    this.end()
  }

  /** The kernel has taken bytes of the body. */
  sent(count: number): void {
    this.bytesSent += count
  }

  /** Something failed. The record still ends when the response does. The first fault counts. */
  fail(fault: Outcome): void {
    this.#fault ??= fault
  }

  /** The response has ended. The first end counts, and it is a failure if something failed before. */
  end(outcome: Outcome = COMPLETE): void {
    if (this.outcome !== undefined) return
    this.#ended = performance.now()
    this.outcome = this.#fault ?? outcome
    if (typeof this.#onEnd === 'function') attempt(this.#onEnd, this)
  }
}

function joined(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

function attempt<T>(listener: (served: ServedRequest) => T, served: ServedRequest): T | undefined {
  try {
    return listener(served)
  } catch (error) {
    console.error(error)
    return undefined
  }
}

import { type ParsedResponse, parseResponse } from './parse-response.ts'

/** A response, and what happened on the connection after it. */
export interface RawResponse extends ParsedResponse {
  /** Bytes after the end of the last response; a correct server sends none (9112 §6.3). */
  readonly extraBytes: Buffer
  /** Whether reading stopped at `maxBytes` or `isEnough`; `complete` is then false without fault of the server. */
  readonly cut: boolean
  /** Whether the server closed the connection first. */
  readonly closed: boolean
}

/** The server sent nothing that is an HTTP response; `reason` says why. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  /** `refused`: no connection. `timeout`: nothing within the time. `closed`: before a whole head. `malformed`: not HTTP/1.1. */
  readonly reason: 'refused' | 'timeout' | 'closed' | 'malformed'

  constructor(reason: NoAnswerError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/** The bytes of one connection, read as the responses to the requests that were sent on it. */
export class Received {
  /** Bytes received. */
  size = 0
  malformed: NoAnswerError | undefined
  #bytes = Buffer.alloc(65_536)
  /** Index of the first byte that belongs to no response yet. */
  #next = 0
  readonly #methods: readonly string[]
  readonly #responses: ParsedResponse[] = []

  /** @param methods the methods of the requests, in the order sent. */
  constructor(methods: readonly string[]) {
    this.#methods = methods
  }

  /** Whether every request has its whole response. */
  get done(): boolean {
    return this.#responses.length === this.#methods.length
  }

  /** Takes bytes of the connection; returns the response that has begun and not ended, if any. */
  push(chunk: Buffer): ParsedResponse | undefined {
    if (this.size + chunk.length > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes], Math.max(this.#bytes.length * 2, this.size + chunk.length))
    }
    this.size += chunk.copy(this.#bytes, this.size)
    return this.#read(false)
  }

  /** The responses; the last one may be incomplete. */
  finish(closed: boolean, cut: boolean): RawResponse[] {
    const partial = this.#read(closed)
    if (partial !== undefined) this.#next = this.size
    const responses = partial === undefined ? this.#responses : [...this.#responses, partial]
    const rest = this.#bytes.subarray(this.#next, this.size)
    return responses.map((response, index) => {
      const extraBytes = index === responses.length - 1 ? rest : rest.subarray(0, 0)
      return { ...response, extraBytes, cut: cut && !response.complete, closed }
    })
  }

  /** Reads every complete response; returns the one that has begun and not ended, if any. */
  #read(ended: boolean): ParsedResponse | undefined {
    while (!this.done && this.malformed === undefined) {
      const method = this.#methods[this.#responses.length] ?? 'GET'
      const result = parseResponse(this.#bytes.subarray(0, this.size), this.#next, method, ended)
      switch (result.kind) {
        case 'more':
          return result.partial
        case 'malformed':
          this.malformed = new NoAnswerError('malformed', result.problem)
          break
        case 'response':
          this.#responses.push(result.response)
          this.#next = result.next
      }
    }
    return undefined
  }
}

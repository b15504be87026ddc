// The bytes of one connection, read as the responses to the requests that were sent on it.
import { type ParsedResponse, parseResponse } from './raw-parse.ts'

export interface RawResponse extends ParsedResponse {
  /** Bytes that came after the end of the last response asked for: there must be none (9112 §6.3). */
  readonly extraBytes: Buffer
  /** Whether we stopped reading at `maxBytes`; `complete` is then false without fault of the server. */
  readonly cut: boolean
  /** Whether the server closed the connection before we did. */
  readonly closed: boolean
}

/** Nothing that could be called a response came back. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  readonly reason: 'refused' | 'timeout' | 'closed' | 'malformed'

  constructor(reason: NoAnswerError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/** Collects bytes, and reads responses from them as soon as they are whole. */
export class Received {
  size = 0
  malformed: NoAnswerError | undefined
  #bytes = Buffer.alloc(65_536)
  #next = 0
  readonly #methods: readonly string[]
  readonly #responses: ParsedResponse[] = []

  constructor(methods: readonly string[]) {
    this.#methods = methods
  }

  get done(): boolean {
    return this.#responses.length === this.#methods.length
  }

  push(chunk: Buffer): void {
    if (this.size + chunk.length > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes], Math.max(this.#bytes.length * 2, this.size + chunk.length))
    }
    this.size += chunk.copy(this.#bytes, this.size)
    this.#read(false)
  }

  finish(closed: boolean, cut: boolean): RawResponse[] {
    const partial = this.#read(closed)
    if (partial !== undefined) this.#next = this.size
    const last = partial === undefined ? this.#responses : [...this.#responses, partial]
    const rest = this.#bytes.subarray(this.#next, this.size)
    return last.map((response, index) => {
      const extraBytes = index === last.length - 1 ? rest : rest.subarray(0, 0)
      return { ...response, extraBytes, cut: cut && !response.complete, closed }
    })
  }

  /** Reads what can be read; gives the response that has begun and not ended, if there is one. */
  #read(ended: boolean): ParsedResponse | undefined {
    while (!this.done && this.malformed === undefined) {
      const method = this.#methods[this.#responses.length] ?? 'GET'
      const result = parseResponse(this.#bytes.subarray(0, this.size), this.#next, method, ended)
      if (result.kind === 'more') return result.partial
      if (result.kind === 'malformed') this.malformed = new NoAnswerError('malformed', result.problem)
      else {
        this.#responses.push(result.response)
        this.#next = result.next
      }
    }
    return undefined
  }
}

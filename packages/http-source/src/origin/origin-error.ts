/**
 * What an origin did wrong, or why it did not answer.
 *
 * - `unreachable`: no connection, or it broke more often than was retried
 * - `timeout`: no answer, or no further byte, in time
 * - `refused`: 401 or 403
 * - `busy`: 429 or 503, more often than was retried, or no connection was free in time
 * - `missing`: 404 or 410, where a file is needed
 * - `failed`: another status that is not a success
 * - `changed`: the representation is no longer the version that was opened
 * - `no-ranges`: the origin ignores Range
 * - `no-length`: the origin does not say how long the representation is
 * - `wrong-range`: Content-Range is missing, damaged, or not what was asked for
 * - `wrong-length`: the body is shorter or longer than the range
 * - `encoded`: the body is compressed, although that was not asked for
 * - `redirected`: a redirect that is not followed
 */
export type OriginFault =
  | 'unreachable'
  | 'timeout'
  | 'refused'
  | 'busy'
  | 'missing'
  | 'failed'
  | 'changed'
  | 'no-ranges'
  | 'no-length'
  | 'wrong-range'
  | 'wrong-length'
  | 'encoded'
  | 'redirected'

/** Details of an {@link OriginError}. */
export interface OriginErrorOptions extends ErrorOptions {
  /** The status of the answer, if there was one. */
  readonly status?: number | undefined
  /** Whether the same request may work in a moment. Default: false. */
  readonly isTransient?: boolean | undefined
  /** Milliseconds after which the origin wants to be asked again (Retry-After). */
  readonly retryAfter?: number | undefined
}

/**
 * An origin that could not be read: never a wrong byte, but this.
 *
 * @example
 * const error = new OriginError('changed', 'The origin has another version by now', { status: 412 })
 * error.fault // 'changed'
 */
export class OriginError extends Error {
  override readonly name = 'OriginError'
  /** What went wrong. */
  readonly fault: OriginFault
  /** The status of the answer, if there was one. */
  readonly status: number | undefined
  /** Whether the same request may work in a moment. It was repeated as often as the option `retries` allows. */
  readonly isTransient: boolean
  /** Milliseconds after which the origin wants to be asked again (Retry-After, 9110 §10.2.3). */
  readonly retryAfter: number | undefined

  constructor(fault: OriginFault, message: string, options: OriginErrorOptions = {}) {
    super(message, options)
    this.fault = fault
    this.status = options.status
    this.isTransient = options.isTransient ?? false
    this.retryAfter = options.retryAfter
  }
}

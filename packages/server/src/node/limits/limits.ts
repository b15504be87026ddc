import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { connectionOf } from '../connection/connection.ts'
import type { Refusal } from '../connection/request-head.ts'
import { ConnectionLimit, type ConnectionLimits } from './connection-limit.ts'
import { Pace, type PaceLimits } from './pace.ts'

/** What may be limited on a server. */
export interface LimitOptions extends ConnectionLimits, PaceLimits {}

const TOO_MANY: Refusal = {
  status: 503,
  isFatal: true,
  fields: { 'Retry-After': '5', 'Cache-Control': 'no-store' },
}

/** The limits of one server. */
export class Limits {
  readonly #pace: Pace | undefined
  readonly #connections: ConnectionLimit | undefined

  constructor({ rate, totalRate, maxConnections, maxConnectionsPerAddress }: LimitOptions) {
    if (rate !== undefined || totalRate !== undefined) this.#pace = new Pace({ rate, totalRate })
    if (maxConnections !== undefined || maxConnectionsPerAddress !== undefined) {
      this.#connections = new ConnectionLimit({ maxConnections, maxConnectionsPerAddress })
    }
  }

  /** Applies to the connections of a server from now on. */
  watch(server: Server): void {
    this.#connections?.watch(server)
  }

  /**
   * Begins to answer a request, at the rate of its connection.
   *
   * @returns why it is refused, or `undefined`.
   */
  begin(socket: Socket): Refusal | undefined {
    const admission = this.#connections?.admission(socket)
    if (admission === 'dropped') socket.destroy()
    if (admission === 'dropped' || admission === 'refused') return TOO_MANY
    if (this.#pace !== undefined) connectionOf(socket).share ??= this.#pace.share()
    return undefined
  }
}

/**
 * The limits that are asked for, if any.
 *
 * @throws RangeError if one of them is none.
 */
export function limitsOf(options: LimitOptions): Limits | undefined {
  const { rate, totalRate, maxConnections, maxConnectionsPerAddress } = options
  const isSet = check({ rate, totalRate }, 'a positive number', (value) => value > 0)
  const counts = { maxConnections, maxConnectionsPerAddress }
  const isCounted = check(counts, 'a positive integer', (value) => Number.isInteger(value) && value > 0)
  return isSet || isCounted ? new Limits(options) : undefined
}

/** Whether any of some values is set. */
function check(
  values: Readonly<Record<string, number | undefined>>,
  kind: string,
  isValid: (value: number) => boolean,
): boolean {
  const set = Object.entries(values).filter(([, value]) => value !== undefined)
  for (const [name, value = 0] of set) {
    if (!(isValid(value) && Number.isFinite(value))) throw new RangeError(`${name} must be ${kind}: ${value}`)
  }
  return set.length > 0
}

import type { Transfer } from '@rangekit/range-handler'
import type { Positions, TransferBegun, TransferProgress } from './protocol.ts'

/** Fields that decide what is sent, and those that say who asks. No cookies, and no query: it may carry a signature. */
const ASKED = [
  'Range',
  'If-Range',
  'If-Match',
  'If-None-Match',
  'If-Modified-Since',
  'If-Unmodified-Since',
  'Sec-Fetch-Dest',
  'User-Agent',
] as const

const ANSWERED = [
  'Content-Range',
  'Content-Length',
  'Content-Type',
  'ETag',
  'Last-Modified',
  'Accept-Ranges',
] as const

/** Characters kept of a field, and ranges kept of a body: a client decides how long they are. */
const MAX_FIELD = 256
const MAX_RANGES = 32

/** What is kept of one transfer. It holds on to the request only while the transfer is under way. */
export class KeptTransfer {
  readonly begun: TransferBegun
  /** Whether it is one of this process. */
  readonly isLocal: boolean
  #transfer: Transfer | undefined
  #progress: TransferProgress

  /** @param transfer Default: another process reports the progress, see `apply`. */
  constructor(begun: TransferBegun, transfer?: Transfer) {
    this.begun = begun
    this.isLocal = transfer !== undefined
    this.#transfer = transfer
    this.#progress = { id: begun.id, duration: 0 }
    this.refresh()
  }

  /** How far it is; for a transfer of this process, now. */
  get progress(): TransferProgress {
    this.refresh()
    return this.#progress
  }

  /** Reads the transfer again. Returns whether it has sent more, or ended, since that was done last. */
  refresh(): boolean {
    const transfer = this.#transfer
    if (transfer === undefined) return false
    const { bytesSent, duration, outcome, status } = transfer
    const hasChanged = bytesSent !== this.#progress.bytesSent || outcome !== undefined
    this.#progress = {
      id: this.begun.id,
      ...(bytesSent !== undefined && { bytesSent }),
      duration: Math.round(duration),
      ...(outcome !== undefined && { outcome: outcome.kind }),
      ...(status !== this.begun.status && { status }),
    }
    if (outcome !== undefined) this.#transfer = undefined
    return hasChanged
  }

  /** Takes what another process reports. Returns whether that is news: nothing follows an outcome. */
  apply(progress: TransferProgress): boolean {
    if (this.isLocal || this.#progress.outcome !== undefined) return false
    this.#progress = progress
    return true
  }
}

/** Describes a transfer that has just begun. */
export function describe(id: string, key: string, transfer: Transfer): TransferBegun {
  const { request, headers, segments, completeLength } = transfer
  const ranges: Positions[] = []
  for (const segment of segments) {
    if (segment.kind !== 'range') continue
    if (ranges.push([segment.range.firstPos, segment.range.lastPos]) >= MAX_RANGES) break
  }
  return {
    id,
    key,
    method: request.method,
    status: transfer.status,
    fields: pick(ASKED, (name) => request.headers.get(name)),
    answer: pick(ANSWERED, (name) => headers.get(name)),
    ranges,
    ...(transfer.length !== undefined && { length: transfer.length }),
    ...(completeLength !== undefined && { completeLength }),
    startedAt: transfer.startedAt,
  }
}

function pick(names: readonly string[], read: (name: string) => string | null): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of names) {
    const value = read(name)
    if (value) found[name] = value.length > MAX_FIELD ? `${value.slice(0, MAX_FIELD)}…` : value
  }
  return found
}

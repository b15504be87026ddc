import { COMPLETE } from '@rangekit/range-handler'
import type { ServedRequest } from '@rangekit/server'
import { isProbe } from '../command/probe-paths.ts'
import type { Snapshot } from './exposition.ts'
import { LabelledCounts, single, Times } from './request-counts.ts'

/** What is measured of a request. It is live until the request has ended. */
export type MeasuredRequest = Pick<
  ServedRequest,
  | 'method'
  | 'target'
  | 'httpVersion'
  | 'status'
  | 'length'
  | 'bytesSent'
  | 'firstByteAfter'
  | 'duration'
  | 'outcome'
>

/** Is called when a request arrives; what it returns is called when it has ended. */
export type MeasuringListener = (request: MeasuredRequest) => (() => void) | undefined

/** Any other name is up to the client, and would be one more series. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** The names of protocols in ALPN, by `httpVersion`. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  '1.0': 'http/1.0',
  '1.1': 'http/1.1',
  '2.0': 'h2',
}

/** Seconds: from an open file's small range to a film that is watched to its end. */
const DURATIONS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600, 3600]
const FIRST_BYTES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** The requests of a process, measured. */
export interface RequestMetrics {
  readonly onRequest: MeasuringListener
  /** What was counted so far. */
  snapshot(): Snapshot
}

/**
 * Measures the requests of this process. This runs for each request, so it only counts; the client that adds up and writes
 * metrics gets the counts when somebody asks for them.
 */
export function requestMetrics(): RequestMetrics {
  const active = new Set<MeasuredRequest>()
  const requests = new LabelledCounts()
  const [durations, firstBytes] = [new Times(DURATIONS), new Times(FIRST_BYTES)]
  /** Bytes of the requests that have ended. Those under way are added when somebody asks. */
  const ended = { planned: 0, sent: 0 }
  const sum = (of: (request: MeasuredRequest) => number) =>
    [...active].reduce((total, each) => total + of(each), 0)

  return {
    onRequest(request) {
      if (isProbe(request.target)) return undefined
      active.add(request)
      return () => {
        active.delete(request)
        ended.planned += plannedBytes(request)
        ended.sent += request.bytesSent
        const method = methodLabel(request.method)
        const protocol = protocolLabel(request.httpVersion)
        const { status, outcome: { kind: outcome } = COMPLETE } = request
        requests.add(`${method} ${status} ${outcome} ${protocol}`, () => ({
          method,
          status,
          outcome,
          protocol,
        }))
        durations.add(request.duration / 1000)
        if (request.firstByteAfter !== undefined) firstBytes.add(request.firstByteAfter / 1000)
      }
    },
    snapshot: () => [
      requests.numbers('rangekit_requests_total', 'Requests that have ended.'),
      single('gauge', 'rangekit_active_requests', 'Requests whose response has not ended.', active.size),
      single(
        'counter',
        'rangekit_response_planned_bytes_total',
        'Bytes that bodies should have, by their plans.',
        ended.planned + sum(plannedBytes),
      ),
      single(
        'counter',
        'rangekit_response_sent_bytes_total',
        'Bytes of bodies that were sent.',
        ended.sent + sum(({ bytesSent }) => bytesSent),
      ),
      durations.numbers(
        'rangekit_request_duration_seconds',
        'Time from the request to the end of its response.',
      ),
      firstBytes.numbers(
        'rangekit_first_byte_seconds',
        'Time from the request to the first byte of its response.',
      ),
    ],
  }
}

/** A body of unknown length has what it has come to. */
function plannedBytes({ length, bytesSent }: MeasuredRequest): number {
  return length ?? bytesSent
}

function protocolLabel(httpVersion: string | undefined): string {
  return httpVersion === undefined ? 'none' : (PROTOCOLS[httpVersion] ?? 'other')
}

function methodLabel(method: string | undefined): string {
  if (method === undefined) return 'none'
  return METHODS.has(method) ? method : 'other'
}

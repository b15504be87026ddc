import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { ServedRequest } from '@rangekit/server'
import { isProbe } from '../command/probe-paths.ts'

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

/** Measures the requests of this process, in a registry. */
export function requestMetrics(registry: Registry): MeasuringListener {
  const registers = [registry]
  const active = new Set<MeasuredRequest>()
  /** Bytes of the requests that have ended. Those under way are added when somebody asks. */
  const ended = { planned: 0, sent: 0 }

  const requests = new Counter({
    name: 'rangekit_requests_total',
    help: 'Requests that have ended.',
    labelNames: ['method', 'status', 'outcome', 'protocol'],
    registers,
  })
  new Gauge({
    name: 'rangekit_active_requests',
    help: 'Requests whose response has not ended.',
    registers,
    collect() {
      this.set(active.size)
    },
  })
  const bytes = (name: string, help: string, total: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(total())
      },
    })
  const sum = (of: (request: MeasuredRequest) => number) =>
    [...active].reduce((total, each) => total + of(each), 0)
  bytes(
    'rangekit_response_planned_bytes_total',
    'Bytes that bodies should have, by their plans.',
    () => ended.planned + sum(plannedBytes),
  )
  bytes(
    'rangekit_response_sent_bytes_total',
    'Bytes of bodies that were sent.',
    () => ended.sent + sum(({ bytesSent }) => bytesSent),
  )
  const durations = new Histogram({
    name: 'rangekit_request_duration_seconds',
    help: 'Time from the request to the end of its response.',
    buckets: DURATIONS,
    registers,
  })
  const firstBytes = new Histogram({
    name: 'rangekit_first_byte_seconds',
    help: 'Time from the request to the first byte of its response.',
    buckets: FIRST_BYTES,
    registers,
  })

  return (request) => {
    if (isProbe(request.target)) return undefined
    active.add(request)
    return () => {
      active.delete(request)
      ended.planned += plannedBytes(request)
      ended.sent += request.bytesSent
      const { method, status, outcome, httpVersion } = request
      requests.inc({
        method: methodLabel(method),
        status,
        outcome: outcome?.kind ?? 'complete',
        protocol: protocolLabel(httpVersion),
      })
      durations.observe(request.duration / 1000)
      if (request.firstByteAfter !== undefined) firstBytes.observe(request.firstByteAfter / 1000)
    }
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

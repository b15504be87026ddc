import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { TransferListener } from '@rangekit/range-handler'

const tracer = trace.getTracer('rangekit')

/** A span for each transfer, below that of the client if it has sent one. */
export const traceTransfers: TransferListener = ({ request, key, segments, startedAt }) => {
  const ranges = segments.flatMap((segment) => (segment.kind === 'range' ? [segment.range] : []))
  const span = tracer.startSpan(
    `${request.method} stream`,
    {
      kind: SpanKind.SERVER,
      startTime: startedAt,
      attributes: {
        'http.request.method': request.method,
        'http.request.header.range': [request.headers.get('range') ?? ''].filter(Boolean),
        'url.path': new URL(request.url).pathname,
        'rangekit.key': key,
        'rangekit.ranges': ranges.map(({ firstPos, lastPos }) => `${firstPos}-${lastPos}`),
      },
    },
    propagation.extract(context.active(), Object.fromEntries(request.headers)),
  )
  return ({ status, length, bytesSent, outcome }) => {
    span.setAttributes({
      'http.response.status_code': status,
      'rangekit.bytes_planned': length,
      'rangekit.bytes_sent': bytesSent,
      'rangekit.outcome': outcome?.kind,
    })
    if (outcome?.kind === 'failed') {
      span.recordException(outcome.cause instanceof Error ? outcome.cause : String(outcome.cause))
      span.setStatus({ code: SpanStatusCode.ERROR })
    }
    span.end()
  }
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { RangeSource } from '@rangekit/range-core'
import { blobSource, createHandler } from '@rangekit/range-handler'
import { beforeEach, expect, it } from 'vitest'
import { traceTransfers } from './support/trace-transfers.ts'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
propagation.setGlobalPropagator(new W3CTraceContextPropagator())

beforeEach(() => exporter.reset())

/** The only span of a request. */
async function spanOf(source: RangeSource, headers: Record<string, string> = {}) {
  const response = await createHandler(source, { onTransfer: traceTransfers })(
    new Request('http://localhost/film.mp4', { headers }),
  )
  await response.bytes().catch(() => undefined)
  const [span, ...others] = exporter.getFinishedSpans()
  expect(others).toEqual([])
  return span
}

const film = blobSource(() => ({ data: new Blob(['0123456789'.repeat(100)]) }))

it('docs/observing.md has the recipe that is tested here', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/observing.md'), 'utf8')
  const recipe = readFileSync(join(import.meta.dirname, 'support/trace-transfers.ts'), 'utf8')
  expect(page).toContain(`\`\`\`ts\n${recipe}\`\`\``)
})

it('a transfer is a span with its ranges, bytes and outcome', async () => {
  const span = await spanOf(film, { range: 'bytes=0-1,-2' })
  expect(span).toMatchObject({
    name: 'GET stream',
    kind: SpanKind.SERVER,
    status: { code: SpanStatusCode.UNSET },
  })
  expect(span?.attributes).toMatchObject({
    'http.request.method': 'GET',
    'http.request.header.range': ['bytes=0-1,-2'],
    'http.response.status_code': 206,
    'url.path': '/film.mp4',
    'rangekit.key': 'film.mp4',
    'rangekit.ranges': ['0-1', '998-999'],
    'rangekit.outcome': 'complete',
  })
  expect(span?.attributes['rangekit.bytes_sent']).toBe(span?.attributes['rangekit.bytes_planned'])
})

it('belongs to the trace of the client', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const span = await spanOf(film, { traceparent: `00-${traceId}-b7ad6b7169203331-01` })
  expect(span?.spanContext().traceId).toBe(traceId)
  expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
})

it('a fault is an error, with its cause', async () => {
  const broken: RangeSource = {
    open: () => ({
      completeLength: 10,
      read() {
        throw new Error('the disk failed')
      },
      close() {},
    }),
  }
  const span = await spanOf(broken)
  expect(span?.status.code).toBe(SpanStatusCode.ERROR)
  expect(span?.events[0]?.attributes?.['exception.message']).toBe('the disk failed')
  expect(span?.attributes['rangekit.outcome']).toBe('failed')
})

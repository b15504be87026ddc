import { prometheusContentType } from '@prometheus-io/client'
import { failed } from '@rangekit/range-handler'
import { expect, it } from 'vitest'
import { writeMetrics } from './exposition.ts'
import { type MeasuredRequest, type RequestMetrics, requestMetrics } from './request-metrics.ts'

const range: MeasuredRequest = {
  method: 'GET',
  target: '/api/stream/film.mp4',
  httpVersion: '1.1',
  status: 206,
  length: 1024,
  bytesSent: 1024,
  firstByteAfter: 2,
  duration: 20,
  outcome: { kind: 'complete' },
}

/** Samples by name and labels, as the text format writes them; those of buckets aside. */
async function samples(metrics: RequestMetrics): Promise<Record<string, number>> {
  const lines = (await writeMetrics([metrics.snapshot()], prometheusContentType)).split('\n')
  const values = lines.filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket{'))
  return Object.fromEntries(
    values.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
}

/** What a registry has after some requests. */
async function measured(...requests: Partial<MeasuredRequest>[]): Promise<Record<string, number>> {
  const metrics = requestMetrics()
  for (const request of requests) metrics.onRequest({ ...range, ...request })?.()
  return samples(metrics)
}

it('counts requests by method, status, outcome and protocol, and their bytes', async () => {
  const gone = { bytesSent: 24, outcome: { kind: 'aborted' } } as const
  expect(await measured({}, {}, gone, { httpVersion: '2.0', outcome: failed('disk') })).toMatchObject({
    'rangekit_requests_total{method="GET",status="206",outcome="complete",protocol="http/1.1"}': 2,
    'rangekit_requests_total{method="GET",status="206",outcome="aborted",protocol="http/1.1"}': 1,
    'rangekit_requests_total{method="GET",status="206",outcome="failed",protocol="h2"}': 1,
    rangekit_active_requests: 0,
    rangekit_response_planned_bytes_total: 4096,
    rangekit_response_sent_bytes_total: 3096,
    rangekit_request_duration_seconds_count: 4,
    rangekit_request_duration_seconds_sum: 0.08,
    rangekit_first_byte_seconds_count: 4,
    rangekit_first_byte_seconds_sum: 0.008,
  })
})

it('counts the bytes of a response that is still being sent', async () => {
  const metrics = requestMetrics()
  const film = { ...range, length: 5000, bytesSent: 0, outcome: undefined }
  const end = metrics.onRequest(film)
  film.bytesSent = 3000
  expect(await samples(metrics)).toMatchObject({
    rangekit_active_requests: 1,
    rangekit_response_planned_bytes_total: 5000,
    rangekit_response_sent_bytes_total: 3000,
    rangekit_request_duration_seconds_count: 0,
  })
  film.bytesSent = 5000
  end?.()
  expect(await samples(metrics)).toMatchObject({
    rangekit_active_requests: 0,
    rangekit_response_planned_bytes_total: 5000,
    rangekit_response_sent_bytes_total: 5000,
  })
})

it('sorts times into buckets, whose bounds are part of them', async () => {
  const metrics = requestMetrics()
  for (const duration of [0, 1, 1.1, 5, 4_000_000]) metrics.onRequest({ ...range, duration })?.()
  const text = await writeMetrics([metrics.snapshot()], prometheusContentType)
  const counts = [...text.matchAll(/duration_seconds_bucket{le="(.+?)"} (\d+)/g)].map(([, le, count]) => [
    le,
    Number(count),
  ])
  expect(counts.slice(0, 3)).toEqual([
    ['0.001', 2],
    ['0.005', 4],
    ['0.025', 4],
  ])
  expect(counts.slice(-2)).toEqual([
    ['3600', 4],
    ['+Inf', 5],
  ])
})

it('plans as many bytes as were sent where the length is unknown, and times no byte that was not sent', async () => {
  const numbers = await measured({ length: undefined, bytesSent: 77, firstByteAfter: undefined })
  expect(numbers['rangekit_response_planned_bytes_total']).toBe(77)
  expect(numbers['rangekit_first_byte_seconds_count']).toBe(0)
})

it('has as many series as it knows methods and protocols, whatever clients send', async () => {
  const names = Array.from({ length: 100 }, (_, index) => ({
    method: `METHOD${index}`,
    target: `/${index}`,
    httpVersion: `${index}.7`,
  }))
  const series = Object.keys(
    await measured(...names, { method: undefined, httpVersion: undefined, status: 400 }),
  ).filter((name) => name.startsWith('rangekit_requests_total'))
  expect(series).toEqual([
    'rangekit_requests_total{method="other",status="206",outcome="complete",protocol="other"}',
    'rangekit_requests_total{method="none",status="400",outcome="complete",protocol="none"}',
  ])
})

it.each(['/metrics', '/healthz', '/readyz'])('does not measure %s', async (target) => {
  expect(await measured({ target })).toMatchObject({
    rangekit_active_requests: 0,
    rangekit_response_sent_bytes_total: 0,
    rangekit_request_duration_seconds_count: 0,
  })
})

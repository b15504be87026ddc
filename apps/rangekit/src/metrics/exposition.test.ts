import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import { expect, it } from 'vitest'
import { chooseFormat, writeMetrics } from './exposition.ts'

const PLAIN = 'text/plain; version=0.0.4; charset=utf-8'
const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

it.each([
  [undefined, PLAIN],
  ['*/*', PLAIN],
  ['text/plain', PLAIN],
  ['text/html', PLAIN],
  ['application/openmetrics-text', OPEN],
  ['Application/OpenMetrics-Text; Version=1.0.0', OPEN],
  ['application/openmetrics-text;version=0.0.1', PLAIN],
  ['application/openmetrics-text;q=0', PLAIN],
  ['application/openmetrics-text;q=x', PLAIN],
  ['application/openmetrics-text;q=0.3,text/plain;q=0.5', PLAIN],
  ['text/plain,application/openmetrics-text', OPEN],
  // Prometheus 2.42 and 3.
  [
    'application/openmetrics-text;version=1.0.0;q=0.75,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    OPEN,
  ],
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    OPEN,
  ],
])('a scraper that accepts %s gets %s', (accept, format) => {
  expect(chooseFormat(accept)).toBe(format)
})

/** The numbers of a process that has counted something. */
function process(count: number, startedAt: number) {
  const registry = new Registry()
  const registers = [registry]
  new Counter({ name: 'a_total', help: 'Of a.', labelNames: ['b'], registers }).inc({ b: 'c"\\\n' }, count)
  new Gauge({ name: 'd_seconds', help: 'Of d.', aggregator: 'min', registers }).set(startedAt)
  new Histogram({ name: 'e_bytes', help: 'Of e.', buckets: [1, 10], registers }).observe(count)
  return registry.getMetricsAsJSON()
}

const rest = [
  '# HELP d_seconds Of d.',
  '# TYPE d_seconds gauge',
  'd_seconds 60',
  '# HELP e_bytes Of e.',
  '# TYPE e_bytes histogram',
  'e_bytes_bucket{le="1"} 1',
  'e_bytes_bucket{le="10"} 2',
  'e_bytes_bucket{le="+Inf"} 2',
  'e_bytes_sum 5',
  'e_bytes_count 2',
]

it('writes the numbers of several processes as those of one, in either format, as often as it is asked', async () => {
  const both = [await process(1, 70), await process(4, 60)]
  for (const _ of [1, 2]) {
    expect((await writeMetrics(both, PLAIN)).split('\n').filter(Boolean)).toEqual([
      '# HELP a_total Of a.',
      '# TYPE a_total counter',
      'a_total{b="c\\"\\\\\\n"} 5',
      ...rest,
    ])
    expect(await writeMetrics(both, OPEN)).toBe(
      ['# HELP a Of a.', '# TYPE a counter', 'a_total{b="c\\"\\\\\\n"} 5', ...rest, '# EOF', ''].join('\n'),
    )
  }
})

import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import { expect, it } from 'vitest'
import { addUp, type Snapshot } from './exposition.ts'
import { WorkerNumbers } from './worker-numbers.ts'

/** The numbers of a worker that has answered some requests, as they arrive from another process. */
async function snapshot(requests: number): Promise<Snapshot> {
  const registry = new Registry()
  const registers = [registry]
  new Counter({ name: 'requests_total', help: 'r', labelNames: ['status'], registers }).inc(
    { status: 206 },
    requests,
  )
  new Gauge({ name: 'processes', help: 'p', registers }).set(1)
  const durations = new Histogram({ name: 'seconds', help: 's', buckets: [1], registers })
  for (let count = 0; count < requests; count++) durations.observe(0.5)
  return JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()))
}

/** Requests, processes and observations, in all. */
function totals(numbers: WorkerNumbers) {
  const sum = addUp(numbers.snapshots)
  const valuesOf = (name: string) => sum.find((metric) => metric.name === name)?.values ?? []
  return [
    valuesOf('requests_total')[0]?.value,
    valuesOf('processes')[0]?.value,
    valuesOf('seconds').at(-1)?.value,
  ]
}

it('adds up the latest numbers of the workers that run', async () => {
  const numbers = new WorkerNumbers()
  numbers.report(1, await snapshot(5))
  numbers.report(2, await snapshot(7))
  numbers.report(1, await snapshot(6))
  expect(numbers.workers).toEqual([1, 2])
  expect(totals(numbers)).toEqual([13, 2, 13])
})

it('keeps what those have counted that have ended, and not what they had', async () => {
  const numbers = new WorkerNumbers()
  for (let id = 1; id <= 100; id++) {
    numbers.report(id, await snapshot(3))
    if (id > 2) numbers.end(id - 2)
  }
  expect(numbers.workers).toEqual([99, 100])
  expect(totals(numbers)).toEqual([300, 2, 300])
  // As much is kept of many as of one.
  expect(numbers.snapshots).toHaveLength(3)
})

it('needs nothing of a worker that ended before it reported', () => {
  const numbers = new WorkerNumbers()
  numbers.end(1)
  expect(numbers.workers).toEqual([])
})

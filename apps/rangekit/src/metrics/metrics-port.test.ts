import { exchange } from '@rangekit/test-kit/raw'
import { afterAll, expect, it, vi } from 'vitest'
import { openMetrics } from './metrics.ts'

// A proxy in front of the files says nothing of who asks here.
const flags = { metrics: false, metricsPort: 0, trustProxy: () => true }
const metrics = await openMetrics(flags)
const port = 'problem' in metrics ? undefined : metrics.port
afterAll(() => ('problem' in metrics ? undefined : metrics.end()))

it('the port for metrics answers a scraper, and no page of another site', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => {})
  const statusOf = async (target: string) => (await exchange(port ?? 0, `GET ${target}`)).status
  expect(await statusOf('/metrics')).toBe(200)
  expect(await statusOf('http://localhost/metrics')).toBe(200)
  expect(await statusOf('http://attacker.dev/metrics')).toBe(421)
  expect(lines).toHaveBeenCalledOnce()
  lines.mockRestore()
})

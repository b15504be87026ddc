import { Histogram, type Registry } from '@prometheus-io/client'

const INTERVAL_MS = 100
const DELAYS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/**
 * Measures by how much a timer is late, ten times a second: that is how long everything else waits. Unlike
 * `monitorEventLoopDelay`, whose percentiles belong to one process, a histogram adds up over several.
 *
 * @returns ends it.
 */
export function measureEventLoop(registry: Registry): () => void {
  const delays = new Histogram({
    name: 'rangekit_event_loop_delay_seconds',
    help: 'How late the event loop is, sampled ten times a second.',
    buckets: DELAYS,
    registers: [registry],
  })
  let due = performance.now() + INTERVAL_MS
  const timer = setInterval(() => {
    const now = performance.now()
    delays.observe(Math.max(0, now - due) / 1000)
    due = now + INTERVAL_MS
  }, INTERVAL_MS).unref()
  return () => clearInterval(timer)
}

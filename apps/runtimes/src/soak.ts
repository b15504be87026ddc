// `npm run soak -- [--minutes N] [--runtime NAME]`: seeks and aborts for minutes, then judges memory and descriptors.
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '@rangekit/test-kit/folder'
import { memoryOf } from '@rangekit/test-kit/processes'
import { requestText } from '@rangekit/test-kit/raw'
import type { RuntimeName } from '@rangekit/test-kit/runtimes'
import { startServer } from '@rangekit/test-kit/start-server'
import { Command, Option } from 'commander'

const FILES = 20
const LENGTH = 256 * 1024 * 1024
const CLIENTS = 16
/** Bytes of resident memory that may be added each minute. */
const SLOPE_LIMIT = 1024 * 1024

interface Sample {
  readonly minute: number
  readonly rss: number
  readonly descriptors: number
}

const { minutes, runtime } = new Command('npm run soak --')
  .addOption(new Option('--minutes <number>', 'duration').default(10).argParser(Number))
  .addOption(
    new Option('--runtime <name>', 'runtime of the server')
      .choices(['node', 'node22', 'node26', 'bun', 'deno'])
      .default('node'),
  )
  .parse()
  .opts<{ readonly minutes: number; readonly runtime: RuntimeName }>()

using folder = makeFolder()
for (let index = 0; index < FILES; index++) folder.putSparse(`${index}.mp4`, LENGTH)
const server = await startServer(runtime, folder.path)
const { port } = server

const end = performance.now() + minutes * 60_000
const counts = { requests: 0, aborts: 0 }
const samples: Sample[] = []
try {
  await Promise.all([...Array.from({ length: CLIENTS }, seekAround), takeSamples()])
  await sleep(2000)
  const last = sample()
  // The first fifth is warm-up.
  const settled = samples.slice(Math.floor(samples.length / 5))
  const slope = slopeOf(settled)
  const descriptors = settled.map((entry) => entry.descriptors)
  console.log(`${runtime}, ${minutes} minutes: ${counts.requests} requests, ${counts.aborts} of them aborted`)
  console.log(
    `RSS ${toMiB(samples[0]?.rss)} at first, ${toMiB(last.rss)} in the end; slope ${toMiB(slope)} a minute`,
  )
  console.log(
    `descriptors ${Math.min(...descriptors)} to ${Math.max(...descriptors)}, ${last.descriptors} at rest`,
  )
  if (slope > SLOPE_LIMIT || last.descriptors > (samples[0]?.descriptors ?? 0)) process.exitCode = 1
} finally {
  await server.stop()
  if (server.stderr !== '') console.error(server.stderr)
}

/** A viewer: requests from a random position, reads for a while, and jumps to another. */
async function seekAround(): Promise<void> {
  while (performance.now() < end) {
    const aborts = Math.random() < 0.5
    const firstPos = Math.floor(Math.random() * LENGTH)
    const lastPos = aborts
      ? ''
      : String(Math.min(LENGTH - 1, firstPos + Math.floor(Math.random() * 1_000_000)))
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    const target = `/api/stream/${Math.floor(Math.random() * FILES)}.mp4`
    socket.write(requestText(`GET ${target}`, ['Connection: close', `Range: bytes=${firstPos}-${lastPos}`]))
    let left = aborts ? Math.random() * 2_000_000 : Number.POSITIVE_INFINITY
    socket.on('data', (chunk) => {
      left -= chunk.byteLength
      if (left < 0) socket.destroy()
    })
    await new Promise((resolve) => socket.once('close', resolve))
    counts.requests++
    if (aborts) counts.aborts++
  }
}

async function takeSamples(): Promise<void> {
  while (performance.now() < end) {
    const entry = sample()
    // One line per minute shows the progress.
    if (Math.floor(entry.minute) > Math.floor(samples.at(-1)?.minute ?? -1)) {
      console.log(
        `minute ${Math.floor(entry.minute)}: RSS ${toMiB(entry.rss)}, ${entry.descriptors} descriptors`,
      )
    }
    samples.push(entry)
    await sleep(2000)
  }
}

function sample(): Sample {
  return {
    minute: minutes - (end - performance.now()) / 60_000,
    rss: memoryOf(server.pid, 'VmRSS'),
    descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
  }
}

/** The slope of resident memory in bytes per minute, by least squares. */
function slopeOf(entries: readonly Sample[]): number {
  const mean = (of: (entry: Sample) => number) =>
    entries.reduce((sum, entry) => sum + of(entry), 0) / entries.length
  const [minute, rss] = [mean((entry) => entry.minute), mean((entry) => entry.rss)]
  const covariance = mean((entry) => (entry.minute - minute) * (entry.rss - rss))
  return covariance / mean((entry) => (entry.minute - minute) ** 2)
}

function toMiB(bytes = 0): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

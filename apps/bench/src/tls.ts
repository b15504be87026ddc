#!/usr/bin/env node
// Measures ranges over TLS 1.3 beside nginx, a constant (the ceiling of Node) and sirv, one core each, and prints tables:
// node apps/bench/src/tls.ts. It needs wrk, h2load (on Debian: nghttp2-client), nginx and openssl, and an idle machine.
//   --rounds N      how often each is measured; the median counts (default 3)
//   --seconds N     length of a run (default 3)
//   --only A        http/1.1 or h2
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { makePair } from '@rangekit/test-kit/certificates'
import { FILE_NAME } from './measure/measure.ts'
import { parseCount, parseNames } from './measure/run.ts'
import { FILE_LENGTH } from './measure/workloads.ts'
import { withBench } from './measure/workplace.ts'
import { startPinned } from './peers/servers.ts'
import { formatNumber, markdownTable } from './report/markdown.ts'
import { contenders, type Protocol } from './tls/contenders.ts'
import { measure } from './tls/load.ts'

const PROTOCOLS = ['http/1.1', 'h2'] as const satisfies readonly Protocol[]
const SIZES = { '1 KiB': 1024, '64 KiB': 64 * 1024, '1 MiB': 1024 * 1024 } as const
/** Sent before the first measured round, so that compilers are done. */
const WARM_UP = 2

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
})
const rounds = parseCount('rounds', values.rounds)
const seconds = parseCount('seconds', values.seconds)

await withBench(seconds, async ({ root, scratch }) => {
  const pair = makePair(scratch, 'bench')
  for (const protocol of parseNames(values.only, PROTOCOLS)) {
    const rows: string[][] = []
    for (const [size, length] of Object.entries(SIZES)) {
      const lines = rangesOf(length)
      const file = `${scratch}/ranges-${length}`
      writeFileSync(file, lines.join('\n'))
      await using peers = new AsyncDisposableStack()
      const running: { readonly url: URL; readonly seen: number[] }[] = []
      for (const kind of contenders(pair, protocol)) {
        const peer = peers.use(await startPinned(kind, root))
        const url = new URL(FILE_NAME, peer.url.replace(/^http:/, 'https:'))
        running.push({ url, seen: [] })
        await measure(protocol, { url, lines, file, seconds: WARM_UP })
      }
      // In turn, because the machine may be slower a minute later.
      for (let round = 0; round < rounds; round++) {
        for (const { url, seen } of running) {
          seen.push(await measure(protocol, { url, lines, file, seconds }))
        }
      }
      const medians = running.map(({ seen }) => median(seen))
      const cell = (value: number) => `${formatNumber(value, 0)} (${(value / (medians[0] ?? 1)).toFixed(2)})`
      rows.push([size, ...medians.map(cell)])
    }
    const titles = contenders(pair, protocol).map(({ title }) => title)
    process.stdout.write(`\n${markdownTable([[`${protocol}, requests/s`, ...titles], ...rows])}\n`)
  }
})

/** Header lines for ranges all over the file. */
function rangesOf(length: number): [string, ...string[]] {
  const count = Math.floor(FILE_LENGTH / length)
  // Steps that have no common divisor with the number of ranges, which is a power of two.
  const line = (index: number) => {
    const first = ((index * 1_000_003) % count) * length
    return `Range: bytes=${first}-${first + length - 1}`
  }
  return [line(1), ...Array.from({ length: 999 }, (_, index) => line(index + 2))]
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

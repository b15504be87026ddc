#!/usr/bin/env node
// Measures Rangekit's block cache beside nginx's proxy_cache with slices. It wants an otherwise idle machine:
// node apps/bench/src/cache.ts
//   --rounds N      how often each is measured (default 3)
//   --seconds N     length of a run (default 3)
//   --write         keep the results in the repository, with docs/scaling.md
import { parseArgs } from 'node:util'
import { measureFirstBytes } from './cache/first-byte.ts'
import { type FrontId, frontIds, frontKinds, warmIds } from './cache/fronts.ts'
import type { CacheResults } from './cache/results.ts'
import { startWarm } from './cache/start-front.ts'
import { measureTrace } from './cache/trace.ts'
import { parseCount, runBench } from './measure/run.ts'
import { withBench } from './measure/workplace.ts'
import { describeKind } from './peers/servers.ts'
import { renderCache } from './report/cache.ts'
import { keep } from './report/pages.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = parseCount('rounds', values.rounds)
const seconds = parseCount('seconds', values.seconds)

const [firstBytes, traces] = await withBench(seconds, async ({ root }) => {
  const byId = async <T>(measure: (id: FrontId, root: string) => Promise<T>) => {
    const found: Partial<Record<FrontId, T>> = {}
    for (const id of frontIds) {
      found[id] = await measure(id, root)
      process.stderr.write(`${id} ${JSON.stringify(found[id])}\n`)
    }
    return found as Record<FrontId, T>
  }
  return [await byId(measureFirstBytes), await byId(measureTrace)] as const
})
const kinds = frontKinds(new URL('http://127.0.0.1'))
const contenders = warmIds.map((id) => {
  return { id, ...describeKind(kinds[id]), start: (root: string) => startWarm(id, root) }
})
const speed = await runBench(contenders, { jobs: ['range-1k', 'range-1m'], rounds, seconds })
const results: CacheResults = { speed, firstBytes, traces }
process.stdout.write(renderCache(results))

if (values.write) await keep('cache', results)

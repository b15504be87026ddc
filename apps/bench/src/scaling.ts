#!/usr/bin/env node
// Simulates a day of a film library behind one node and behind ten, with caches of several sizes. Each node has the block
// cache that is published; only films, clients and sockets are imagined. The same seed gives the same figures.
// node apps/bench/src/scaling.ts
//   --seed N        another day (default 1)
//   --write         keep the results in the repository, with the chart and docs/scaling.md
import { parseArgs } from 'node:util'
import { parseCount } from './measure/run.ts'
import { keep } from './report/pages.ts'
import { renderScaling } from './report/scaling.ts'
import { LIBRARY, runScaling } from './scaling/run.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, write: { type: 'boolean', default: false } },
})
const results = await runScaling({ ...LIBRARY, seed: parseCount('seed', values.seed) })
process.stdout.write(renderScaling(results))
if (values.write) await keep('scaling', results)

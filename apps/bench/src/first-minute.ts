#!/usr/bin/env node
// Measures what `npm start` installs, prints and takes in a fresh clone of the last commit, with nothing in npm's cache:
// node apps/bench/src/first-minute.ts [--write]
//   --write     keep the figures, and write them to the README
import { parseArgs } from 'node:util'
import { measureFirstMinute } from './first-minute/measure.ts'
import { type FirstMinuteResults, renderFirstMinute } from './report/first-minute.ts'
import { keep } from './report/pages.ts'

const { values } = parseArgs({ options: { write: { type: 'boolean' } } })
const { packages, bytes, nodeBytes, first, second } = await measureFirstMinute()
const results: FirstMinuteResults = {
  packages,
  bytes,
  nodeBytes,
  lines: `${first.stdout}${first.stderr}`.trimEnd().split('\n').length,
  firstSeconds: first.seconds,
  secondSeconds: second.seconds,
}
process.stdout.write(renderFirstMinute(results))
if (values.write) await keep('first-minute', results)

#!/usr/bin/env node
// Measures what `npm start` installs, prints and takes in a fresh clone of the last commit:
// node apps/bench/src/first-minute.ts [--write]
//   --write     write the figures to the repository's README
import { parseArgs } from 'node:util'
import { measureFirstMinute } from './first-minute/measure.ts'
import { writeSection } from './report/readme.ts'

const { values } = parseArgs({ options: { write: { type: 'boolean' } } })
const { packages, bytes, nodeBytes, first, second } = await measureFirstMinute()
const megabytes = (count: number) => `${Math.round(count / 1e6)} MB`
const node =
  nodeBytes > 0
    ? `, and a Node of ${megabytes(nodeBytes)}, because that of the machine does not run TypeScript (22.18 does)`
    : ''
const lines = `${first.stdout}${first.stderr}`.trimEnd().split('\n').length
const text = [
  `The first \`npm start\` installs ${packages} packages, ${megabytes(bytes)}${node}. `,
  `It is ready after ${first.seconds.toFixed(1)} s, the second time after ${second.seconds.toFixed(1)} s, `,
  `and prints ${lines} line${lines === 1 ? '' : 's'} on a pipe. \`node apps/bench/src/first-minute.ts\` measures this.\n`,
].join('')
process.stdout.write(text)
if (values.write) await writeSection('first-minute', text)

#!/usr/bin/env node
// Reads ranges of the chaos origin with popular readers, and prints what came of each fault as a Markdown table:
// node apps/bench/src/readers.ts [--write] [--only ID,...] [--faults NAME,...]
//   --write   keep the results in the repository, with docs/readers.md
import { parseArgs } from 'node:util'
import { chaosFaults, type FaultName } from '@rangekit/conformance/origin'
import { DOWNLOADS, type Download } from './readers/downloads.ts'
import { READERS, type Reader } from './readers/readers.ts'
import { type Outcome, type ReaderResults, type ReadersResults, worst } from './readers/results.ts'
import { downloadSession, readSession, type SessionOptions } from './readers/session.ts'
import { keep } from './report/pages.ts'
import { renderDownloads, renderReaders, renderUsed } from './report/readers.ts'

/** Cuts and stops are at other places in each. */
const SESSIONS = 3
/** Longer than the time-outs that readers have by default. */
const LIMIT_MS = 45_000
const STALLS: readonly string[] = ['stall-head', 'stall', 'short-open']
/** Sessions with a stall only wait. */
const WAITING_AT_ONCE = 100
const AT_ONCE = 4

const { values } = parseArgs({
  options: { write: { type: 'boolean' }, only: { type: 'string' }, faults: { type: 'string' } },
})
const isChosen = (list: string | undefined, name: string) =>
  list === undefined || list.split(',').includes(name)
if (values.write && (values.only ?? values.faults) !== undefined)
  throw new RangeError('--write needs a whole run')
// Readers that go on in the background fail there when their origin is gone.
process.on('unhandledRejection', () => {})

const faults = chaosFaults.filter(({ name, kind }) => kind !== 'silent' && isChosen(values.faults, name))

interface Session {
  readonly reader: string
  readonly fault: FaultName
  run(): Promise<Outcome | undefined>
}

const sessions = [
  ...READERS.flatMap((reader) => plan(reader.id, (options) => readSession(reader, options))),
  ...DOWNLOADS.flatMap((download) => plan(download.id, (options) => downloadSession(download, options))),
]
const outcomes = new Map<Session, Outcome | undefined>()
const stalls = sessions.filter(({ fault }) => STALLS.includes(fault))
await runAll(
  sessions.filter((session) => !stalls.includes(session)),
  AT_ONCE,
)
await runAll(stalls, WAITING_AT_ONCE)

const results: ReadersResults = {
  sessions: SESSIONS,
  limitSeconds: LIMIT_MS / 1000,
  faults,
  readers: READERS.filter(isRun).map(resultsOf),
  downloads: DOWNLOADS.filter(isRun).map(resultsOf),
}
process.stdout.write(`${renderReaders(results)}\n${renderDownloads(results)}\n${renderUsed(results)}`)
if (values.write) await keep('readers', results)
// Readers that gave up on nothing would keep the process alive.
process.exit()

function isRun({ id }: Reader | Download): boolean {
  return isChosen(values.only, id)
}

function plan(
  reader: string,
  run: (options: SessionOptions) => Promise<Outcome | undefined>,
): readonly Session[] {
  if (!isChosen(values.only, reader)) return []
  return faults.flatMap(({ name: fault }) =>
    Array.from({ length: SESSIONS }, (_, index) => {
      return { reader, fault, run: () => run({ fault, seed: index + 1, limitMs: LIMIT_MS }) }
    }),
  )
}

async function runAll(queue: readonly Session[], atOnce: number): Promise<void> {
  const next = queue.values()
  const work = async () => {
    for (const session of next) outcomes.set(session, await session.run())
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

function resultsOf(reader: Reader | Download): ReaderResults {
  const { id, title } = reader
  const worstOf = (name: FaultName) => {
    const own = sessions.filter((session) => session.reader === id && session.fault === name)
    return worst(own.map((session) => outcomes.get(session)))
  }
  const entries = faults.map(({ name }) => [name, worstOf(name)])
  return {
    id,
    title,
    version: reader.version(),
    interface: reader.interface,
    outcomes: Object.fromEntries(entries),
  }
}

import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NoAnswerError } from '@rangekit/conformance'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { start } from '@rangekit/test-kit/processes'
import { exchange, field } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { ENGINES } from '@rangekit/test-kit/runtimes'
import { expect, it } from 'vitest'
import { GrowingJudge, type Verdict } from '../support/growing-judge.ts'
import {
  between,
  DECLARED,
  GROW_TIMEOUT,
  type Random,
  randomOf,
  SCENARIOS,
  type Scenario,
} from '../support/growing-scenario.ts'
import { startServer } from '../support/server.ts'
import { type Step, writeVersions } from '../support/versions-writer.ts'

/** Of each kind of writer. It was 100 at first, on each runtime, and nothing was found in 1,000 files. */
const ROUNDS = 2
/** With these, one writer that is killed is followed by another, and one is not. */
const FIRST_SEED = 10
const AT_A_TIME = 8
/** Milliseconds that a request may take besides waiting: the machine is busy. */
const SLACK = 10_000
const WRITER = join(import.meta.dirname, '../support/killed-writer.ts')

const folder = sharedFolder()
const server = sharedServer(() => startServer(folder.path, { args: ['--grow-timeout', `${GROW_TIMEOUT}ms`] }))

/** Lets a process write, and kills it some milliseconds after its first byte. */
async function writeUntilKilled(path: string, steps: readonly Step[], after: number): Promise<void> {
  const [file, ...args] = ENGINES.node
  const writer = start(file, [...args, WRITER, path, JSON.stringify(steps)], { stdio: 'inherit' })
  const exit = once(writer, 'exit')
  await expect.poll(() => existsSync(`${path}.part`) || existsSync(path), { interval: 1 }).toBe(true)
  await sleep(after)
  writer.kill('SIGKILL')
  await exit
}

async function write(path: string, { steps, killed }: Scenario): Promise<void> {
  if (killed === undefined) return writeVersions(path, steps)
  await writeUntilKilled(path, steps, killed.after)
  // It may have been done before.
  if (existsSync(`${path}.part`)) await writeVersions(path, killed.resumed)
}

function rangeOf(random: Random): string | undefined {
  const position = () => between(random, 0, DECLARED + 100)
  const from = position()
  const part = () => {
    const firstPos = position()
    return `${firstPos}-${firstPos + between(random, 0, 30_000)}`
  }
  const kinds: (() => string | undefined)[] = [
    () => undefined,
    part,
    part,
    () => `${from}-`,
    () => '0-',
    () => `-${between(random, 1, 20_000)}`,
    () => `${part()},${part()}`,
  ]
  const ranges = kinds[between(random, 0, kinds.length - 1)]?.()
  return ranges === undefined ? undefined : `Range: bytes=${ranges}`
}

/** Asks again and again until the writer is done, and once more after that. */
async function read(
  target: string,
  judge: GrowingJudge,
  random: Random,
  isOver: () => boolean,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  let tag: string | undefined
  for (let last = false; !last; ) {
    last = isOver()
    const ifRange = tag !== undefined && !tag.startsWith('W/') && random() < 0.5 ? tag : undefined
    const fields = [rangeOf(random), ifRange && `If-Range: ${ifRange}`].filter((line) => line !== undefined)
    try {
      const response = await exchange(server.port, `GET ${target}`, fields, { timeoutMs: SLACK })
      verdicts.push(judge.judge(response, ifRange))
      tag = field(response, 'etag')
    } catch (error) {
      // Its first byte never came, after the head was on its way.
      if (!(error instanceof NoAnswerError && error.reason === 'closed')) throw error
      verdicts.push('broken')
    }
    await sleep(between(random, 0, 40))
  }
  return verdicts
}

async function play(name: string, scenario: Scenario, random: Random): Promise<Verdict[]> {
  const path = folder.at(name)
  if (random() < 0.7) writeFileSync(`${path}.part.length`, `${DECLARED}`)
  let isOver = false
  const judge = new GrowingJudge(scenario.contents)
  const readers = Array.from({ length: between(random, 4, 8) }, () =>
    read(`/api/stream/${name}`, judge, random, () => isOver),
  )
  const done = write(path, scenario).finally(() => {
    isOver = true
  })
  const [verdicts] = await Promise.all([Promise.all(readers), done])
  return verdicts.flat()
}

/** How many files a process watches for changes. */
function watchesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fdinfo`).reduce((count, fd) => {
    try {
      return count + readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1').split('inotify wd:').length - 1
    } catch {
      // Closed in the meantime.
      return count
    }
  }, 0)
}

it('no byte is wrong, and nothing looks whole that is not, whatever becomes of a file that is being written', async () => {
  const kinds = Object.entries(SCENARIOS)
  const counts: Record<string, Record<Verdict, number>> = {}
  await rounds(kinds.length * ROUNDS, AT_A_TIME, async (index) => {
    const [kind, make] = kinds[index % kinds.length] ?? []
    if (kind === undefined || make === undefined) return
    const random = randomOf(FIRST_SEED + index)
    const verdicts = await play(`film-${index}.bin`, make(random), random).catch((error) => {
      throw new Error(`Film ${index}, whose writer ${kind}`, { cause: error })
    })
    counts[kind] ??= { complete: 0, broken: 0, none: 0 }
    for (const verdict of verdicts) counts[kind][verdict]++
  })
  if (ROUNDS > 10) console.table(counts)
  for (const kind of Object.keys(SCENARIOS)) expect(counts[kind]?.complete, kind).toBeGreaterThan(0)
  await expectNothingOpen(server.pid, folder.path)
  await expect.poll(() => watchesOf(server.pid)).toBe(0)
})

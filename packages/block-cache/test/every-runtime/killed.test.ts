import { once } from 'node:events'
import { truncateSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { makeFolder } from '@rangekit/test-kit/folder'
import { start } from '@rangekit/test-kit/processes'
import { ENGINES } from '@rangekit/test-kit/runtimes'
import { expect, it, onTestFinished } from 'vitest'
import { filesIn } from '../support/disk-files.ts'

const runtime = process.env['RANGEKIT_RUNTIME'] ?? 'node'
/** How often a process is killed. Rounds on Node find most; others would mostly find it again. */
const KILLS = runtime === 'node' ? 20 : 6
/** The most blocks that it keeps before. */
const MOST_KEPT = 20
const MAX_BYTES = 3_000_000

const [engine = ENGINES.node] = Object.entries(ENGINES).flatMap(([name, line]) =>
  name === runtime ? [line] : [],
)
const script = new URL('../support/busy-process.ts', import.meta.url).pathname

it(`killed with -9 under load ${KILLS} times, it never reads a wrong byte, and starts with whole files`, {
  timeout: 120_000,
}, async () => {
  using folder = makeFolder()
  const lines: string[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const [file, ...args] = engine
    const child = start(file, [...args, script, folder.path, String(MAX_BYTES)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    onTestFinished(() => void child.kill('SIGKILL'))
    // Different at each kill, and the same in each run.
    let toKeep = 1 + ((kill * 7) % MOST_KEPT)
    const worked = new Promise<void>((resolve) => {
      if (child.stdout === null) return
      createInterface(child.stdout).on('line', (line) => {
        if (line !== 'kept') lines.push(line)
        else if (toKeep-- === 0) resolve()
      })
    })
    await Promise.race([worked, exited])
    child.kill('SIGKILL')
    await exited
    expect(child.signalCode).toBe('SIGKILL')
    damage(folder.path, kill)
  }
  const opened = lines.filter((line) => line.startsWith('open: '))
  expect(lines.filter((line) => !opened.includes(line))).toEqual([])
  expect(opened).toHaveLength(KILLS)
  // There was something to lose.
  expect(opened.filter((line) => !line.startsWith('open: 0 ')).length).toBeGreaterThan(KILLS / 2)
})

/** What a power failure may leave: files cut short, and files of the right length without their content. */
function damage(dir: string, seed: number): void {
  for (const [index, { path, length }] of filesIn(dir).entries()) {
    if ((index + seed) % 7 === 0) writeFileSync(path, new Uint8Array(length))
    if ((index + seed) % 7 === 1) truncateSync(path, length >> 1)
  }
}

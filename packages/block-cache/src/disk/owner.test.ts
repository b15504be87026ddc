import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { start } from '@rangekit/test-kit/processes'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { testFolder } from '../../test/support/disk.ts'
import { claim } from './owner.ts'

const lost = vi.fn()
afterEach(() => {
  lost.mockReset()
})

/** A folder that was claimed by a process that is described by `edit`ed words: place, number and start. */
async function claimedBy(edit: (words: string[]) => string[], age = 0): Promise<string> {
  const { path } = testFolder()
  const owner = await claim(path, lost)
  const text = readFileSync(`${path}/owner-1`, 'utf8')
  await owner?.release()
  writeFileSync(`${path}/owner-1`, edit(text.split(' ')).join(' '))
  const time = Date.now() / 1000 - age
  utimesSync(`${path}/owner-1`, time, time)
  return path
}

describe('a folder', () => {
  it('has one owner at a time', async () => {
    const { path } = testFolder()
    const owner = await claim(`${path}/new`, lost)
    expect(owner).toBeDefined()
    expect(await claim(`${path}/new`, lost)).toBeUndefined()
    await owner?.release()
    expect(await claim(`${path}/new`, lost)).toBeDefined()
  })

  it('that many claim at once gets one owner', async () => {
    const { path } = testFolder()
    for (let round = 0; round < 5; round++) {
      const claims = await Promise.all(Array.from({ length: 20 }, () => claim(path, lost)))
      const owners = claims.filter((owner) => owner !== undefined)
      expect(owners).toHaveLength(1)
      await owners[0]?.release()
      expect(readdirSync(path)).toEqual([`owner-${round + 1}`])
    }
  })

  it.each<[string, (words: string[]) => string[], number, 'free' | 'taken']>([
    ['of a process that is alive', (words) => words, 3600, 'taken'],
    [
      'of a process whose number another one has now',
      ([place = '', pid = '']) => [place, pid, '1'],
      0,
      'free',
    ],
    ['of a process that has ended', ([place = '', , start = '']) => [place, '99999999', start], 0, 'free'],
    ['of a process in another container, seen lately', ([, ...rest]) => ['elsewhere', ...rest], 20, 'taken'],
    [
      'of a process in another container, not seen for long',
      ([, ...rest]) => ['elsewhere', ...rest],
      40,
      'free',
    ],
    ['of a process that died before it wrote who it is', () => [''], 40, 'free'],
    ['of a process that may be about to write who it is', () => [''], 0, 'taken'],
    ['of a process here that has ended, without /proc', () => [hostname(), '99999999', '?'], 0, 'free'],
    ['of a process here that runs, without /proc', () => [hostname(), String(process.pid), '?'], 0, 'taken'],
  ])('%s is as expected', async (_, edit, age, expected) => {
    const path = await claimedBy(edit, age)
    expect((await claim(path, lost)) === undefined ? 'taken' : 'free').toBe(expected)
  })

  it('of a process that was killed, and that nobody has waited for yet, is free', async () => {
    const child = start('sh', ['-c', 'sleep 0.01 & exec sleep 60'])
    const zombie = await expect
      .poll(() => zombieOf(child.pid ?? 0))
      .not.toBe(0)
      .then(() => zombieOf(child.pid ?? 0))
    const started = readFileSync(`/proc/${zombie}/stat`, 'utf8').split(' ')[21] ?? ''
    const path = await claimedBy(([place = '']) => [place, String(zombie), started])
    expect(await claim(path, lost)).toBeDefined()
    child.kill('SIGKILL')
  })

  it('that is removed is lost', async () => {
    const { path } = testFolder()
    const owner = await claim(path, lost, 5)
    rmSync(path, { recursive: true })
    await expect.poll(() => lost.mock.calls.length).toBeGreaterThan(0)
    await owner?.release()
  })

  it('is held by a sign of life at intervals', async () => {
    const { path } = testFolder()
    const owner = await claim(path, lost, 5)
    utimesSync(`${path}/owner-1`, 1, 1)
    await expect.poll(() => statSync(`${path}/owner-1`).mtimeMs).toBeGreaterThan(1000)
    expect(lost).not.toHaveBeenCalled()
    await owner?.release()
  })
})

/** A child of a process that has ended; 0 if there is none. */
function zombieOf(parent: number): number {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean)
  const found = children.find((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '))
  return Number(found ?? 0)
}

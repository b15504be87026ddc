import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { run } from '@rangekit/test-kit/processes'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { blockId, isKept, keep } from '../../test/support/blocks.ts'
import { openBlocks, testFolder } from '../../test/support/disk.ts'
import { bytesIn, filesIn } from '../../test/support/disk-files.ts'

let clock = 0
const onFault = vi.fn()
beforeEach(() => {
  onFault.mockReset()
  clock = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const faults = () =>
  onFault.mock.calls.map(([error]) =>
    error instanceof Error && 'code' in error ? error.code : String(error),
  )
const later = () => {
  clock += 10_000
}

interface SmallDisk {
  readonly dir: string
  remount(options: string): Promise<unknown>
}

/** A file system of 1 MiB. Mounting one is for root: others skip the test. */
async function smallDisk(skip: (note: string) => never): Promise<SmallDisk> {
  const { path } = testFolder()
  const dir = `${path}/disk`
  mkdirSync(dir)
  const mount = (options: string) => run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir])
  const { code, stderr } = await mount('size=1m')
  if (code !== 0 && process.env['CI'] === 'true') throw new Error(stderr)
  if (code !== 0) skip(`only root can mount a small disk: ${stderr}`)
  onTestFinished(async () => void (await run('umount', ['--lazy', dir])))
  return { dir, remount: (options) => mount(`remount,${options}`) }
}

const MAX = 100 * 1024 * 1024
const ids = Array.from({ length: 10 }, (_, index) => blockId(index, 200_000))
const [first = blockId(0), , , , , , next = blockId(6), last = blockId(7)] = ids

describe('a full disk', () => {
  it('is reported once; what is kept stays, and more is kept when there is room again', async ({ skip }) => {
    const { dir } = await smallDisk(skip)
    writeFileSync(`${dir}/other`, new Uint8Array(400_000))
    const store = await openBlocks({ dir, maxBytes: MAX, onFault })
    for (const id of ids) await keep(store, id)
    expect(faults()).toEqual(['ENOSPC'])
    expect(store.size).toBe(bytesIn(dir))
    expect(filesIn(dir)).toHaveLength(3)
    expect(await isKept(store, first)).toBe(true)

    later()
    await keep(store, next)
    expect([store.has(next), faults()]).toEqual([false, ['ENOSPC']])

    rmSync(`${dir}/other`)
    await keep(store, next)
    expect(store.has(next)).toBe(false)
    later()
    await keep(store, next)
    expect(await isKept(store, next)).toBe(true)

    later()
    for (const id of ids) await keep(store, id)
    expect(faults()).toEqual(['ENOSPC', 'ENOSPC'])
  })
})

describe('a folder that cannot be written', () => {
  it('keeps nothing more, and serves what it has', async ({ skip }) => {
    const { dir, remount } = await smallDisk(skip)
    const store = await openBlocks({ dir, maxBytes: MAX, onFault })
    await keep(store, first)
    await remount('ro')
    for (const id of ids) await keep(store, id)
    expect(faults()).toEqual(['EROFS'])
    expect(await isKept(store, first)).toBe(true)
    await remount('rw')
    later()
    await keep(store, next)
    expect(store.has(next)).toBe(true)
  })

  it('at the start keeps nothing until it can', async () => {
    const { path } = testFolder()
    writeFileSync(`${path}/file`, '')
    const store = await openBlocks({ dir: `${path}/file`, maxBytes: MAX, onFault })
    await keep(store, first)
    expect([store.has(first), await store.take(first), store.size]).toEqual([false, undefined, 0])
    expect(faults()).toEqual(['ENOTDIR'])
    rmSync(`${path}/file`)
    later()
    await keep(store, first)
    await expect
      .poll(async () => {
        await keep(store, next)
        return store.has(next)
      })
      .toBe(true)
    expect(faults()).toEqual(['ENOTDIR'])
  })

  it('that is removed is made again', async () => {
    const { path: dir } = testFolder()
    const store = await openBlocks({ dir, maxBytes: MAX, onFault })
    await keep(store, first)
    rmSync(dir, { recursive: true })
    expect(await store.take(first)).toBeUndefined()
    await keep(store, next)
    expect(faults()).toEqual(['ENOENT'])
    later()
    await expect
      .poll(async () => {
        await keep(store, last)
        return store.has(last)
      })
      .toBe(true)
  })
})

it('a listener of faults that throws harms no reader', async () => {
  const { path } = testFolder()
  writeFileSync(`${path}/file`, '')
  const queued: (() => void)[] = []
  vi.stubGlobal('queueMicrotask', (task: () => void) => queued.push(task))
  onFault.mockImplementation(() => {
    throw new Error('from the listener')
  })
  const store = await openBlocks({ dir: `${path}/file`, maxBytes: MAX, onFault })
  vi.unstubAllGlobals()
  expect(await store.take(first)).toBeUndefined()
  expect(queued).toHaveLength(1)
  expect(queued[0]).toThrow('from the listener')
})

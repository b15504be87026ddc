import { afterEach, describe, expect, it, vi } from 'vitest'
import { blockId, isKept, keep, keptOf } from '../../test/support/blocks.ts'
import { openBlocks, testFolder } from '../../test/support/disk.ts'
import { bytesIn, filesIn, TRAILER } from '../../test/support/disk-files.ts'

const SIZE = 100 + TRAILER
const ids = Array.from({ length: 8 }, (_, index) => blockId(index))
const [first = blockId(0), second = blockId(1)] = ids

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a folder for two processes', () => {
  const testShares = (shares = 2) => {
    const { path: dir } = testFolder()
    const options = { dir, maxBytes: 4 * SIZE, shares }
    return { dir, open: (more = {}) => openBlocks({ ...options, ...more }) }
  }

  it('gives each an equal share, so that the bound holds for both together', async () => {
    const { dir, open } = testShares()
    const [one, other] = [await open(), await open()]
    for (const id of ids) {
      await keep(one, id)
      await keep(other, id)
    }
    expect([one.size, other.size, bytesIn(dir)]).toEqual([2 * SIZE, 2 * SIZE, 4 * SIZE])
  })

  it('lets each read what the other has, and keeps it for itself as well', async () => {
    const { dir, open } = testShares()
    const [one, other] = [await open(), await open()]
    await keep(one, first)
    expect([one.has(first), other.has(first), one.has(second)]).toEqual([true, undefined, undefined])
    expect(await isKept(other, first)).toBe(true)
    expect(await other.take(second)).toBeUndefined()
    await expect.poll(() => other.has(first)).toBe(true)
    await one.close()
    await other.close()
    expect(filesIn(dir)).toHaveLength(2)
  })

  it('does not read what is damaged there', async () => {
    const { dir, open } = testShares()
    const [one, other] = [await open(), await open()]
    await keep(one, first)
    const { appendFileSync } = await import('node:fs')
    for (const { path } of filesIn(dir)) appendFileSync(path, 'x')
    expect(await other.take(first)).toBeUndefined()
  })

  it('keeps nothing for a third one until another has left', async () => {
    const { dir, open } = testShares()
    const one = await open()
    await open()
    let clock = performance.now()
    vi.spyOn(performance, 'now').mockImplementation(() => clock)
    const onFault = vi.fn()
    const third = await open({ onFault })
    expect(onFault.mock.calls.map(([error]) => String(error))).toEqual([
      `Error: Other processes use all shares of ${dir}`,
    ])
    await keep(third, first)
    expect(third.has(first)).toBe(false)
    await keep(one, second)
    await one.close()
    clock += 10_000
    await keep(third, first)
    await expect.poll(() => third.has(second)).toBe(true)
  })

  it('that is for one process later has the blocks of that share', async () => {
    const { dir, open } = testShares()
    const both = [await open(), await open()]
    for (const [index, store] of both.entries())
      for (const id of ids.slice(index * 2, index * 2 + 2)) await keep(store, id)
    for (const store of both) await store.close()
    const alone = await open({ shares: 1 })
    expect(await keptOf(alone, ids)).toEqual([0, 1])
    expect(bytesIn(dir)).toBe(2 * SIZE)
  })
})

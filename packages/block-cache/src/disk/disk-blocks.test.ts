import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { openBelow } from '@rangekit/test-kit/processes'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { blockBytes, blockId, isKept, keep, keptOf, readBlock } from '../../test/support/blocks.ts'
import { openBlocks, testFolder } from '../../test/support/disk.ts'
import { bytesIn, filesIn, TRAILER } from '../../test/support/disk-files.ts'
import { diskBlocks } from './disk-blocks.ts'

const SIZE = 100 + TRAILER

afterEach(() => {
  vi.restoreAllMocks()
})

/** An empty folder, and what opens the blocks in it. */
function testBlocks(maxBytes = 3 * SIZE) {
  const { path: dir } = testFolder()
  return { dir, open: (options = {}) => openBlocks({ dir, maxBytes, ...options }) }
}

const ids = Array.from({ length: 8 }, (_, index) => blockId(index))
const [first = blockId(0), second = blockId(1), third = blockId(2), fourth = blockId(3)] = ids

describe('a block', () => {
  it('is kept byte for byte, whatever its length', async () => {
    const { open } = testBlocks(1e7)
    const store = await open()
    for (const length of [1, 4, 100, 262_143, 262_144, 262_145, 1_048_576]) {
      const id = blockId(3, length)
      await keep(store, id)
      expect(await isKept(store, id)).toBe(true)
    }
  })

  it('is another one with another version, index or length', async () => {
    const { open } = testBlocks()
    const store = await open()
    await keep(store, first)
    for (const other of [blockId(1), blockId(0, 99), blockId(0, 100, 'v2')]) {
      expect(store.has(other)).toBe(false)
      expect(await store.take(other)).toBeUndefined()
    }
    expect(store.has(first)).toBe(true)
  })

  it('can be taken at once, while it is being written', async () => {
    const { open } = testBlocks()
    const store = await open()
    const bytes = blockBytes(first)
    const written = store.put(first, bytes)
    expect(store.has(first)).toBe(true)
    const block = await store.take(first)
    expect(block?.bytes).toBe(bytes)
    expect(await isKept(store, first)).toBe(true)
    await written
    expect((await store.take(first))?.bytes).toBeUndefined()
  })

  it('ends at its length, and not behind the checksum', async () => {
    const { open } = testBlocks()
    const store = await open()
    await keep(store, first)
    const block = await store.take(first)
    const target = new Uint8Array(200).fill(255)
    expect(await block?.readInto(target, 60)).toBe(40)
    expect(target.subarray(0, 41)).toEqual(Uint8Array.of(...blockBytes(first).subarray(60), 255))
    expect(await block?.readInto(target, 100)).toBe(0)
    expect(await block?.readInto(target, 101)).toBe(0)
    block?.release()
  })

  it('is not kept if it has another length than its name says', async () => {
    const { open } = testBlocks()
    const store = await open()
    await store.put(first, new Uint8Array(99))
    expect([store.has(first), store.size]).toEqual([false, 0])
  })

  it('is readable only for the user that the process runs as', async () => {
    const { dir, open } = testBlocks()
    await keep(await open(), first)
    const [file] = filesIn(dir)
    const { statSync } = await import('node:fs')
    expect((statSync(file?.path ?? '').mode & 0o777).toString(8)).toBe('600')
  })
})

describe('the bound', () => {
  it('holds exactly: the block used longest ago goes first', async () => {
    const { dir, open } = testBlocks()
    const store = await open()
    for (const id of [first, second, third]) await keep(store, id)
    expect(store.size).toBe(3 * SIZE)
    expect(await isKept(store, first)).toBe(true)
    await keep(store, fourth)
    expect(store.size).toBe(3 * SIZE)
    expect(bytesIn(dir)).toBe(3 * SIZE)
    expect(await keptOf(store, ids)).toEqual([0, 2, 3])
  })

  it.each([
    ['nothing', 0],
    ['one byte less than a block', SIZE - 1],
  ])('may be %s', async (_, maxBytes) => {
    const { dir, open } = testBlocks(maxBytes)
    const store = await open()
    await keep(store, first)
    expect([store.has(first), bytesIn(dir)]).toEqual([false, 0])
  })

  it('is kept by not keeping more where all blocks are held, and these can be read to their end', async () => {
    const { dir, open } = testBlocks(2 * SIZE)
    const store = await open()
    await keep(store, first)
    await keep(store, second)
    const held = [await store.take(first), await store.take(second)]
    await keep(store, third)
    expect([store.has(third), bytesIn(dir)]).toEqual([false, 2 * SIZE])
    const target = new Uint8Array(100)
    for (const [index, id] of [first, second].entries()) {
      expect(await held[index]?.readInto(target, 0)).toBe(100)
      expect(target).toEqual(blockBytes(id))
      held[index]?.release()
    }
    await keep(store, third)
    expect(store.has(third)).toBe(true)
  })

  it.each([
    { maxBytes: -1 },
    { maxBytes: 1.5 },
    { maxBytes: Number.NaN },
    { shares: 0 },
    { maxOpenFiles: -1 },
  ])('is a whole number: %j is refused', async (options) => {
    await expect(diskBlocks({ dir: testFolder().path, maxBytes: 1, ...options })).rejects.toThrow(RangeError)
  })

  it('holds at every moment while many are written, and the last ones are kept', async () => {
    const { dir, open } = testBlocks(5 * SIZE)
    const store = await open()
    const many = Array.from({ length: 40 }, (_, index) => blockId(index))
    let isOver = false
    const writing = Promise.all(many.map((id) => keep(store, id))).finally(() => {
      isOver = true
    })
    while (!isOver) {
      expect(store.size).toBeLessThanOrEqual(5 * SIZE)
      await new Promise(setImmediate)
    }
    await writing
    expect(await keptOf(store, many)).toEqual([35, 36, 37, 38, 39])
    expect(bytesIn(dir)).toBe(store.size)
  })

  it('of open files holds for those that nobody reads', async () => {
    const { dir, open } = testBlocks(8 * SIZE)
    const store = await open({ maxOpenFiles: 3 })
    for (const id of ids) await keep(store, id)
    const openFiles = () => openBelow(process.pid, `${dir}/`).length
    for (let round = 0; round < 2; round++) expect(await keptOf(store, ids)).toHaveLength(8)
    await expect.poll(openFiles).toBe(3)
    const held = await Promise.all(ids.map((id) => store.take(id)))
    expect(openFiles()).toBe(8)
    for (const block of held) block?.release()
    await expect.poll(openFiles).toBe(3)
    await store.close()
    await expect.poll(openFiles).toBe(0)
  })
})

describe('after a restart', () => {
  it('blocks are kept, in the order of their use', async () => {
    const { open } = testBlocks()
    const store = await open()
    for (const id of [first, second, third]) await keep(store, id)
    expect(await isKept(store, first)).toBe(true)
    await store.close()
    const next = await open()
    expect(next.size).toBe(3 * SIZE)
    await keep(next, fourth)
    expect(await keptOf(next, ids)).toEqual([0, 2, 3])
  })

  it('with a lower bound, what was used longest ago is removed at once', async () => {
    const { dir, open } = testBlocks(8 * SIZE)
    const store = await open()
    for (const id of ids) await keep(store, id)
    await store.close()
    const next = await open({ maxBytes: 3 * SIZE - 1 })
    expect([next.size, bytesIn(dir)]).toEqual([2 * SIZE, 2 * SIZE])
    expect(await keptOf(next, ids)).toEqual([6, 7])
  })

  it.each<[string, (path: string) => void]>([
    ['cut short', (path) => truncateSync(path, 50)],
    ['emptied', (path) => truncateSync(path, 0)],
    ['longer', (path) => appendFileSync(path, 'x')],
    [
      'of the right length, but zeros from some byte on',
      (path) => [truncateSync(path, 60), truncateSync(path, SIZE)],
    ],
    ['of zeros only', (path) => writeFileSync(path, new Uint8Array(SIZE))],
    ['different in one bit', (path) => flipBit(path, 50)],
    ['different in one bit of its checksum', (path) => flipBit(path, SIZE - 1)],
  ])('a file that is %s is removed, and its block not kept', async (_, damage) => {
    const { dir, open } = testBlocks()
    const store = await open()
    for (const id of [first, second]) await keep(store, id)
    await store.close()
    const [file] = filesIn(dir).filter(({ path }) => path.includes('-0-'))
    damage(file?.path ?? '')
    const next = await open()
    expect(await keptOf(next, ids)).toEqual([1])
    await keep(next, third)
    expect([next.size, bytesIn(dir)]).toEqual([2 * SIZE, 2 * SIZE])
    await keep(next, first)
    expect(await keptOf(next, ids)).toEqual([0, 1, 2])
  })

  it('a block under the name of another one is not kept', async () => {
    const { dir, open } = testBlocks()
    const store = await open()
    for (const id of [first, second]) await keep(store, id)
    await store.close()
    const [a, b] = filesIn(dir)
    renameSync(a?.path ?? '', b?.path ?? '')
    expect(await keptOf(await open(), ids)).toEqual([])
  })

  it('what was being written is removed, and files of others are left alone', async () => {
    const { dir, open } = testBlocks()
    const store = await open()
    await keep(store, first)
    await store.close()
    const [file] = filesIn(dir)
    const album = `${dir}/2024`
    mkdirSync(album)
    const mine = [
      ...['notes.txt', '1999', '0/notes.txt', '0/incoming-mail.txt'].map((name) => `${dir}/${name}`),
      `${file?.path}.txt`,
      `${album}/incoming-mail.txt`,
    ]
    for (const path of mine) writeFileSync(path, 'mine')
    writeFileSync(`${dir}/0/incoming-${crypto.randomUUID()}`, 'half of a block')
    const next = await open()
    for (const id of ids) await keep(next, id)
    await next.close()
    for (const path of mine) expect(readFileSync(path, 'utf8')).toBe('mine')
    expect(readdirSync(album)).toHaveLength(1)
    // Three of these files look like blocks to the one that counts.
    expect(bytesIn(dir)).toBe(3 * SIZE + 3 * 4)
  })
})

describe('while it is open', () => {
  it('a block whose file is removed is read to its end by those who hold it, and then not kept', async () => {
    const { dir, open } = testBlocks()
    const store = await open()
    for (const id of [first, second]) await keep(store, id)
    const block = await store.take(first)
    for (const { path } of filesIn(dir)) rmSync(path)
    const target = new Uint8Array(100)
    expect(await block?.readInto(target, 0)).toBe(100)
    expect(target).toEqual(blockBytes(first))
    block?.release()
    expect(await store.take(second)).toBeUndefined()
    await keep(store, second)
    expect(await isKept(store, second)).toBe(true)
  })

  it('a block whose file is cut short fails its readers, and is then not kept', async () => {
    const { dir, open } = testBlocks()
    const store = await open()
    await keep(store, first)
    const block = await store.take(first)
    for (const { path } of filesIn(dir)) truncateSync(path, 10)
    await expect((async () => block?.readInto(new Uint8Array(10), 20))()).rejects.toThrow('cut short')
    block?.release()
    expect(store.has(first)).toBe(false)
    await keep(store, first)
    expect(await isKept(store, first)).toBe(true)
  })

  it('many readers of one block share one descriptor', async () => {
    const { dir, open } = testBlocks()
    const store = await open()
    await keep(store, first)
    const all = await Promise.all(Array.from({ length: 50 }, () => readBlock(store, first)))
    expect(all.every((bytes) => bytes !== undefined)).toBe(true)
    expect(openBelow(process.pid, `${dir}/`)).toHaveLength(1)
  })

  it('after close keeps nothing', async () => {
    const { open } = testBlocks()
    const store = await open()
    await keep(store, first)
    await store.close()
    await keep(store, second)
    expect([store.has(first), await store.take(first), store.size]).toEqual([false, undefined, 0])
  })
})

function flipBit(path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes[position] = (bytes[position] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

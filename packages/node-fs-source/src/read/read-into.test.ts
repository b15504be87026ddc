import { afterEach, describe, expect, it, vi } from 'vitest'
import { testFolder } from '../../test/support/folder.ts'
import { type OpenFile, openFile } from '../open/open-file.ts'
import { closeFile } from './close-file.ts'
import { poolRead, readInto } from './read-into.ts'

async function openDigits() {
  const folder = testFolder()
  folder.put('a.txt', '0123456789')
  const file = await openFile(folder.path, 'a.txt')
  if (file === undefined) throw new Error('The file was not found')
  return file
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each([
  ['readInto', readInto],
  ['poolRead', ({ fd }: OpenFile, target: Uint8Array, position: number) => poolRead(fd, target, position)],
])('%s', (_, read) => {
  it('reads from any position, and returns how many bytes were read', async () => {
    const file = await openDigits()
    // Once on the pool, then on the calling thread.
    for (let round = 0; round < 3; round++) {
      const bytes = new Uint8Array(4)
      expect(await read(file, bytes, 3)).toBe(4)
      expect(new TextDecoder().decode(bytes)).toBe('3456')
      expect(await read(file, bytes, 8)).toBe(2)
      expect(new TextDecoder().decode(bytes)).toBe('8956')
      expect(await read(file, bytes, 10)).toBe(0)
    }
    await closeFile(file)
  })

  it('fails when the descriptor does', async () => {
    const file = await openDigits()
    await closeFile(file)
    await expect((async () => read(file, new Uint8Array(4), 0))()).rejects.toThrow('EBADF')
  })
})

describe('readInto', () => {
  it('reads first on the thread pool, then on the calling thread until a read is slow, then on the pool', async () => {
    const file = await openDigits()
    const bytes = new Uint8Array(4)
    let clock = 1e9
    let step = 0
    vi.spyOn(performance, 'now').mockImplementation(() => {
      clock += step
      return clock
    })
    const takes = (milliseconds: number) => {
      step = milliseconds
      const read = readInto(file, bytes, 3)
      step = 0
      return read
    }
    const first = takes(0)
    expect(first).toBeInstanceOf(Promise)
    expect(await first).toBe(4)
    expect(takes(2)).toBe(4)
    for (const took of [3, 10, 1000]) {
      expect(takes(took)).toBe(4)
      clock += 20 * took - 1
      const later = takes(0)
      expect(later).toBeInstanceOf(Promise)
      expect(await later).toBe(4)
      clock += 1
      expect(takes(0)).toBe(4)
    }
    expect(new TextDecoder().decode(bytes)).toBe('3456')
    await closeFile(file)
  })

  it('reads nothing for a closed reader, on the pool or on the calling thread', async () => {
    const file = await openDigits()
    for (let round = 0; round < 3; round++) {
      const bytes = new Uint8Array(4)
      await expect(readInto(file, bytes, 3, { closed: true })).rejects.toThrow('Read after close')
      expect([...bytes]).toEqual([0, 0, 0, 0])
      expect(await readInto(file, bytes, 3, { closed: false })).toBe(4)
    }
    await closeFile(file)
  })
})

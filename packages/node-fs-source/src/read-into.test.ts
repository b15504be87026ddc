import { afterEach, describe, expect, it, vi } from 'vitest'
import { closeFile, openFile } from './open-file.ts'
import { readElsewhere, readInto } from './read-into.ts'
import { testFolder } from './test-support/folder.ts'

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
  ['readElsewhere', readElsewhere],
])('%s', (_, read) => {
  it('reads from any position, and tells how many bytes there were', async () => {
    const file = await openDigits()
    const bytes = new Uint8Array(4)
    expect(await read(file.fd, bytes, 3)).toBe(4)
    expect(new TextDecoder().decode(bytes)).toBe('3456')
    expect(await read(file.fd, bytes, 8)).toBe(2)
    expect(new TextDecoder().decode(bytes)).toBe('8956')
    expect(await read(file.fd, bytes, 10)).toBe(0)
    await closeFile(file)
  })

  it('fails where the descriptor does', async () => {
    const file = await openDigits()
    await closeFile(file)
    await expect((async () => read(file.fd, new Uint8Array(4), 0))()).rejects.toThrow('EBADF')
  })
})

describe('readInto', () => {
  it('leaves the thread free after a slow read, for twice as long after each further one, until one is quick', async () => {
    const file = await openDigits()
    const bytes = new Uint8Array(4)
    // Far ahead, so that no read before this one counts; each is looked at before and after.
    let clock = 1e9
    let step = 0
    vi.spyOn(performance, 'now').mockImplementation(() => {
      clock += step
      return clock
    })
    const takes = (milliseconds: number) => {
      step = milliseconds
      const read = readInto(file.fd, bytes, 3)
      step = 0
      return read
    }
    expect(takes(0)).toBe(4)
    for (const wary of [10, 20, 40, 80, 160, 320, 640, 1000, 1000]) {
      expect(takes(3)).toBe(4)
      clock += wary - 1
      const later = takes(0)
      expect(later).toBeInstanceOf(Promise)
      expect(await later).toBe(4)
      clock += 1
    }
    expect(takes(2)).toBe(4)
    expect(takes(3)).toBe(4)
    clock += 10
    expect(takes(0)).toBe(4)
    expect(new TextDecoder().decode(bytes)).toBe('3456')
    await closeFile(file)
  })
})

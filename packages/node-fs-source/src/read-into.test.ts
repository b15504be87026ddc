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
  it('reads at once while that goes fast, elsewhere after a slow read, and at once again later', async () => {
    const file = await openDigits()
    const bytes = new Uint8Array(4)
    // Far ahead, so that no read before this one counts; each is looked at before and after.
    let clock = 1e9
    let step = 0
    vi.spyOn(performance, 'now').mockImplementation(() => {
      clock += step
      return clock
    })
    expect(readInto(file.fd, bytes, 0)).toBe(4)
    step = 3
    expect(readInto(file.fd, bytes, 0)).toBe(4)
    step = 0
    const later = readInto(file.fd, bytes, 3)
    expect(later).toBeInstanceOf(Promise)
    expect(await later).toBe(4)
    expect(new TextDecoder().decode(bytes)).toBe('3456')
    clock += 999
    expect(readInto(file.fd, bytes, 0)).toBeInstanceOf(Promise)
    clock += 1
    expect(readInto(file.fd, bytes, 0)).toBe(4)
    await closeFile(file)
  })
})

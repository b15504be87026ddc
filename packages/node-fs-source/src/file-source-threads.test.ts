/** Which thread makes the system calls of a file source, and when descriptors are closed. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Representation } from '@rangekit/range-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Folder, testFolder } from '../test/support/folder.ts'
import { type FileSourceOptions, fileSource } from './file-source.ts'

type Fs = typeof import('node:fs')

const disk = vi.hoisted(() => ({
  /** Calls on the calling thread (`read`, `stat`), reads on the pool and closes. */
  log: [] as string[],
  /** If this is a list, reads on the thread pool are added to it and wait until they are called. */
  held: undefined as undefined | (() => void)[],
  /** Called before each `fstat` on the calling thread. */
  beforeStat: () => {},
  type: 0xef53n,
}))

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<Fs>()
  const { log } = disk
  return {
    ...fs,
    readSync: (...args: Parameters<Fs['readSync']>) => {
      log.push('read')
      return fs.readSync(...args)
    },
    fstatSync: (fd: number, options: { bigint: true }) => {
      log.push('stat')
      disk.beforeStat()
      return fs.fstatSync(fd, options)
    },
    read: (fd: number, ...args: [Uint8Array, number, number, number, (error: Error | null) => void]) => {
      const begin = () => {
        log.push('read on pool')
        fs.read(fd, ...args)
      }
      if (disk.held === undefined) begin()
      else disk.held.push(begin)
    },
    close: (...args: Parameters<Fs['close']>) => {
      log.push('close')
      fs.close(...args)
    },
    statfs: (_path: string, _options: object, done: (error: null, stats: { type: bigint }) => void) =>
      done(null, { type: disk.type }),
  }
})

let clock = 1e9
let device = 0n
vi.mock('./read/remote-file-system.ts', async (importOriginal) => {
  const remote = await importOriginal<typeof import('./read/remote-file-system.ts')>()
  // Each test has its own device, about which nothing is remembered.
  return { ...remote, isRemote: (fd: number, path: string) => remote.isRemote(fd, path, device) }
})

beforeEach(() => {
  device--
  // Reads and stats take no time unless a test says so.
  clock += 1e6
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
})
afterEach(() => {
  vi.restoreAllMocks()
  disk.held = undefined
  disk.beforeStat = () => {}
  disk.type = 0xef53n
})

function sourceOf(options?: FileSourceOptions) {
  const folder = testFolder()
  folder.put('a.txt', '0123456789')
  folder.age('a.txt', 60)
  disk.log.length = 0
  return { folder, source: fileSource(folder.path, options) }
}

type Source = ReturnType<typeof sourceOf>['source']

async function opened(source: Source, key = 'a.txt'): Promise<Representation> {
  const representation = await source.open(key)
  if (representation === undefined) throw new Error(`${key} was not found`)
  return representation
}

/** One request for the first bytes; returns the calls that it caused. */
async function request(source: Source): Promise<string> {
  disk.log.length = 0
  const representation = await opened(source)
  await representation.readInto?.(new Uint8Array(4), 0)
  await representation.close()
  return disk.log.join(', ')
}

/** Advances the clock, which otherwise stands still, until idle files are closed. */
async function closed(folder: Folder): Promise<void> {
  await nextTurn()
  clock += 1000
  await vi.waitFor(() => expect(folder.openDescriptors()).toBe(0), { timeout: 5000 })
}

describe('a fast file', () => {
  it('is read on the thread pool first, then on the calling thread, without a promise', async () => {
    const { folder, source } = sourceOf()
    expect(await request(source)).toBe('read on pool')
    disk.log.length = 0
    const representation = source.open('a.txt')
    if (representation instanceof Promise || representation === undefined) throw new Error('Not at once')
    expect(representation.readInto?.(new Uint8Array(4), 0)).toBe(4)
    expect(disk.log).toEqual(['stat', 'read'])
    representation.close()
    await closed(folder)
  })

  it('is checked on the thread pool before it was ever read', async () => {
    const { folder, source } = sourceOf()
    for (let round = 0; round < 3; round++) {
      const open = source.open('a.txt')
      expect(open).toBeInstanceOf(Promise)
      await (await open)?.close()
    }
    expect(disk.log).toEqual([])
    await closed(folder)
  })

  it('keeps what is known about its reads when its path is checked again', async () => {
    const { folder, source } = sourceOf({ revalidateAfter: 1000 })
    await request(source)
    for (let round = 0; round < 3; round++) {
      clock += 1000
      expect(await request(source)).toMatch(/^(?:close, )?read(?:, close)?$/)
      expect(await request(source)).toMatch(/^(?:close, )?stat, read$/)
    }
    await closed(folder)
  })

  it('is read on the thread pool after a slow fstat, for twenty times as long', async () => {
    const { folder, source } = sourceOf({ revalidateAfter: 1e6 })
    await request(source)
    disk.beforeStat = () => {
      clock += 100
    }
    expect(await request(source)).toBe('stat, read on pool')
    disk.beforeStat = () => {}
    clock += 1999
    expect(await request(source)).toBe('read on pool')
    clock += 1
    expect(await request(source)).toBe('stat, read')
    await closed(folder)
  })
})

it('a file on a remote file system is never read or checked on the calling thread', async () => {
  const { folder, source } = sourceOf()
  disk.type = 0x6969n
  for (let round = 0; round < 5; round++) expect(await request(source)).toBe('read on pool')
  const representation = await opened(source)
  await new Response(await representation.read({ firstPos: 0, lastPos: 9 })).arrayBuffer()
  await representation.close()
  expect(disk.log).not.toContain('stat')
  expect(disk.log).not.toContain('read')
  await closed(folder)
})

describe('a descriptor', () => {
  it.each<[string, (representation: Representation) => unknown]>([
    ['readInto', (representation) => representation.readInto?.(new Uint8Array(4), 0)],
    ['read', (representation) => representation.read({ firstPos: 0, lastPos: 3 })],
  ])('is not closed while a read by %s is pending', async (_, read) => {
    const { folder, source } = sourceOf({ maxOpenFiles: 0 })
    const representation = await opened(source)
    const held: (() => void)[] = []
    disk.held = held
    const reading = read(representation)
    await nextTurn()
    expect(held.length).toBe(1)
    await representation.close()
    for (let turn = 0; turn < 10; turn++) await nextTurn()
    expect(disk.log).toEqual([])
    expect(folder.openDescriptors()).toBe(1)
    held[0]?.()
    await reading
    await closed(folder)
    expect(disk.log).toEqual(['read on pool', 'close'])
  })

  it('is not closed while another request checks it', async () => {
    const { folder, source } = sourceOf({ maxOpenFiles: 1 })
    await (await opened(source)).close()
    const looking = source.open('a.txt')
    // Takes its place in the cache.
    folder.put('b.txt', 'b')
    await (await opened(source, 'b.txt')).close()
    const representation = await looking
    const bytes = new Uint8Array(4)
    expect(await representation?.readInto?.(bytes, 0)).toBe(4)
    expect(new TextDecoder().decode(bytes)).toBe('0123')
    await representation?.close()
    await closed(folder)
  })

  it('is not read for a body that was closed, at any stage', async () => {
    const { folder, source } = sourceOf()
    const representation = await opened(source)
    const stream = await representation.read({ firstPos: 0, lastPos: 300_000 })
    const held: (() => void)[] = []
    disk.held = held
    const reading = representation.read({ firstPos: 0, lastPos: 30 })
    await nextTurn()
    await representation.close()
    disk.held = undefined
    held[0]?.()
    // Its second piece would have come after the close.
    await expect(reading).rejects.toThrow('Read after close')
    await expect(new Response(stream).arrayBuffer()).rejects.toThrow('Read after close')
    for (const late of [
      async () => representation.read({ firstPos: 0, lastPos: 3 }),
      async () => representation.readInto?.(new Uint8Array(4), 0),
    ]) {
      await expect(late()).rejects.toThrow(Error)
    }
    expect(disk.log).toEqual(['read on pool'])
    await closed(folder)
  })

  it('is released once, however often a body is closed', async () => {
    const { folder, source } = sourceOf({ maxOpenFiles: 0 })
    const [one, other] = await Promise.all([opened(source), opened(source)])
    await one.close()
    await one.close()
    for (let turn = 0; turn < 10; turn++) await nextTurn()
    expect(disk.log).toEqual([])
    expect(await other.readInto?.(new Uint8Array(4), 0)).toBe(4)
    await other.close()
    await closed(folder)
  })
})

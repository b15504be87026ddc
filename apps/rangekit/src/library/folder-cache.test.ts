import type { FolderEntry, FolderListing, FolderReader } from '@rangekit/node-fs-source'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FolderCache } from './folder-cache.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Folders in memory that count what is asked of them. */
function makeReader({ cost = 0, events = true } = {}) {
  const folders = new Map<string, FolderEntry[]>()
  const identities = new Map<string, number>()
  const watches = new Map<string, Set<() => void>>()
  const calls: string[] = []
  let stamp = 0
  const stamps = new Map<string, number>()
  const reader: FolderReader = {
    async read(path): Promise<FolderListing | undefined> {
      calls.push(`read ${path}`)
      const entries = folders.get(path)
      const now = String(stamps.get(path))
      if (cost > 0) await vi.advanceTimersByTimeAsync(cost)
      const identity = `${path}${identities.get(path) ?? 0}`
      return entries && { entries: [...entries], stamp: now, identity }
    },
    async stamp(path) {
      calls.push(`stamp ${path}`)
      return folders.has(path) ? String(stamps.get(path)) : undefined
    },
    async watch(path, onChange) {
      if (!events || !folders.has(path)) return undefined
      calls.push(`watch ${path}`)
      const listeners = watches.get(path) ?? new Set()
      watches.set(path, listeners.add(onChange))
      return () => {
        calls.push(`unwatch ${path}`)
        listeners.delete(onChange)
      }
    },
  }
  const event = (path: string) => {
    for (const listener of watches.get(path) ?? []) listener()
  }
  return {
    reader,
    watches,
    /** What was called since the last time. */
    calls: () => calls.splice(0),
    put(path: string, name: string, size = 0, growing?: FolderEntry['growing']) {
      const others = (folders.get(path) ?? []).filter((entry) => entry.name !== name)
      if (!folders.get(path)?.some((entry) => entry.name === name)) stamps.set(path, ++stamp)
      folders.set(path, [...others, { kind: 'file', name, size, modified: 0, ...(growing && { growing }) }])
      event(path)
    },
    replace(path: string) {
      identities.set(path, (identities.get(path) ?? 0) + 1)
    },
    remove(path: string) {
      folders.delete(path)
      event(path)
    },
  }
}

async function namesOf(cache: FolderCache, path: string) {
  return (await cache.read(path))?.items.map(({ name }) => name).sort()
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('a folder', () => {
  it('is read once for requests at the same time, and not again while it stays the same', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    const [one, other] = await Promise.all([cache.read('a'), cache.read('a')])
    expect(one).toBe(other)
    expect(disk.calls()).toEqual(['read a', 'watch a'])
    // The watch has begun after the reading, so it may have missed something.
    await cache.read('a')
    expect(disk.calls()).toEqual(['read a'])
    for (let request = 0; request < 100; request++) expect(await cache.read('a')).toBe(one)
    expect(disk.calls()).toEqual([])
  })

  it('is checked for changes without events once a second while it is asked for', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    await cache.read('a')
    await cache.read('a')
    disk.calls()
    for (let request = 0; request < 30; request++) {
      await pass(100)
      await cache.read('a')
    }
    expect(disk.calls()).toEqual(['stamp a', 'stamp a', 'stamp a'])
  })

  it('shows a new file and a file that grows at the next request', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    const first = await cache.read('a')
    await cache.read('a')
    disk.put('a', '2')
    expect(await namesOf(cache, 'a')).toEqual(['1', '2'])
    disk.put('a', '1', 100)
    const grown = await cache.read('a')
    expect(grown?.items.find(({ name }) => name === '1')?.size).toBe(100)
    expect(grown?.version).not.toBe(first?.version)
  })

  it('is read at least every five seconds where there are no events', async () => {
    const disk = makeReader({ events: false })
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    await cache.read('a')
    disk.put('a', '1', 100)
    await pass(5001)
    expect((await cache.read('a'))?.items[0]?.size).toBe(100)
  })

  it('that takes long to read is not read more than a tenth of the time', async () => {
    const disk = makeReader({ cost: 100 })
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    for (let round = 0; round < 50; round++) {
      disk.put('a', '1', round)
      await cache.read('a')
      await pass(100)
    }
    expect(disk.calls().filter((call) => call === 'read a').length).toBeLessThan(10)
  })

  it('that does not exist is neither kept nor watched', async () => {
    const disk = makeReader()
    const cache = new FolderCache(disk.reader)
    expect(await cache.read('none')).toBeUndefined()
    expect(disk.calls()).toEqual(['read none'])
    disk.put('none', '1')
    expect(await namesOf(cache, 'none')).toEqual(['1'])
  })

  it('that another one has replaced is watched again', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    await cache.read('a')
    await cache.read('a')
    disk.replace('a')
    disk.put('a', '2')
    disk.calls()
    await cache.read('a')
    await pass(0)
    expect(disk.calls()).toEqual(['read a', 'watch a', 'unwatch a'])
    expect(disk.watches.get('a')?.size).toBe(1)
  })

  it('is forgotten when others need the memory', async () => {
    const disk = makeReader()
    for (const path of ['a', 'b', 'c']) for (const name of ['1', '2', '3']) disk.put(path, name)
    const cache = new FolderCache(disk.reader, { maxEntries: 9 })
    for (const path of ['a', 'b', 'c']) await cache.read(path)
    await pass(0)
    expect(disk.calls()).toContain('unwatch a')
    await cache.read('b')
    expect(disk.calls()).toEqual(['read b'])
    await cache.read('a')
    expect(disk.calls()).toContain('read a')
  })

  it('with more entries than are kept is kept alone', async () => {
    const disk = makeReader()
    for (let name = 0; name < 20; name++) disk.put('a', `${name}`)
    const cache = new FolderCache(disk.reader, { maxEntries: 10 })
    await cache.read('a')
    const second = await cache.read('a')
    expect(second?.items.length).toBe(20)
    expect(await cache.read('a')).toBe(second)
  })
})

describe('watches', () => {
  it('end a minute after the last request', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    await cache.read('a')
    await pass(50_000)
    expect(disk.calls()).not.toContain('unwatch a')
    await pass(20_000)
    expect(disk.calls()).toContain('unwatch a')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are limited: the folder that was asked for longest ago loses its own', async () => {
    const disk = makeReader()
    for (const path of ['a', 'b', 'c']) disk.put(path, '1')
    const cache = new FolderCache(disk.reader, { maxWatched: 2 })
    for (const path of ['a', 'b', 'a', 'c']) {
      await cache.read(path)
      await pass(1)
    }
    expect([...disk.watches].filter(([, { size }]) => size > 0).map(([path]) => path)).toEqual(['a', 'c'])
  })

  it('are not begun by a search', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    await new FolderCache(disk.reader).read('a', false)
    expect(disk.calls()).toEqual(['read a'])
  })
})

describe('a listener', () => {
  it('gets the version of now, and one call for many changes', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    const versions: string[] = []
    const end = cache.listen('a', (version) => versions.push(version))
    await pass(1000)
    expect(versions).toEqual([(await cache.read('a'))?.version])
    for (let name = 0; name < 100; name++) disk.put('a', `${name}`)
    await pass(1000)
    expect(versions.length).toBe(2)
    expect(versions[1]).toBe((await cache.read('a'))?.version)
    end()
    disk.put('a', 'late')
    await pass(1000)
    expect(versions.length).toBe(2)
  })

  it('hears of a file that never stops growing', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    let calls = 0
    const end = cache.listen('a', () => calls++)
    for (let size = 0; size < 100; size++) {
      disk.put('a', '1', size)
      await pass(50)
    }
    expect(calls).toBeGreaterThan(10)
    expect(calls).toBeLessThan(25)
    end()
  })

  it('hears once a second of a file that is known to grow, and of one whose frontier alone moves', async () => {
    const disk = makeReader()
    disk.put('a', '1', 100, { frontier: 0, completeLength: 100 })
    const cache = new FolderCache(disk.reader)
    const versions: string[] = []
    const end = cache.listen('a', (version) => versions.push(version))
    for (let frontier = 1; frontier <= 100; frontier++) {
      disk.put('a', '1', 100, { frontier, completeLength: 100 })
      await pass(50)
    }
    expect(versions.length).toBeGreaterThan(4)
    expect(versions.length).toBeLessThan(8)
    expect(new Set(versions).size).toBe(versions.length)
    end()
  })

  it('hears within seconds of a file that grows without events on a file system that has some', async () => {
    const disk = makeReader()
    disk.put('a', '1', 100, { frontier: 1, completeLength: 100 })
    const cache = new FolderCache(disk.reader)
    let calls = 0
    const end = cache.listen('a', () => calls++)
    await pass(1000)
    disk.watches.get('a')?.clear()
    disk.put('a', '1', 100, { frontier: 2, completeLength: 100 })
    await pass(11_000)
    expect(calls).toBe(2)
    end()
  })

  it('hears of changes without events, and of a folder that goes and comes back', async () => {
    const disk = makeReader({ events: false })
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    const versions: string[] = []
    const end = cache.listen('a', (version) => versions.push(version))
    await pass(6000)
    disk.remove('a')
    await pass(6000)
    disk.put('a', '1')
    await pass(6000)
    expect(versions).toEqual([versions[0], '', versions[0]])
    end()
    await pass(70_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('may throw', async () => {
    const disk = makeReader()
    disk.put('a', '1')
    const cache = new FolderCache(disk.reader)
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const end = cache.listen('a', () => {
      throw new Error('listener')
    })
    await pass(1000)
    disk.put('a', '2')
    await pass(1000)
    expect(log).toHaveBeenCalled()
    expect(await namesOf(cache, 'a')).toEqual(['1', '2'])
    end()
  })
})

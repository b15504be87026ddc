import { renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Folder, testFolder } from '../../test/support/folder.ts'
import { poolRead } from '../read/read-into.ts'
import { OpenFileCache, type OpenFileCacheOptions } from './open-file-cache.ts'

const defaults: OpenFileCacheOptions = { maxOpenFiles: 256, revalidateAfter: 60_000, digests: false }

function openFilesOf(options: Partial<OpenFileCacheOptions> = {}) {
  const folder = testFolder()
  folder.put('a.txt', 'old')
  // Changed long ago, so requests need not check the path each time.
  folder.age('a.txt', 60)
  return { folder, files: new OpenFileCache(folder.path, { ...defaults, ...options }) }
}

/** The text of a file as a request would get it. */
async function textOf(files: OpenFileCache, key = 'a.txt'): Promise<string | undefined> {
  const file = await files.acquire(key)
  if (file === undefined) return undefined
  const bytes = new Uint8Array(Number(file.stats.size))
  const length = await poolRead(file.fd, bytes, 0)
  file.release()
  return new TextDecoder().decode(bytes.subarray(0, length))
}

/** One turn of the event loop: everything that does not wait for a timer can run. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Resolves when this many descriptors or fewer are open. The timer that closes idle files is stopped meanwhile. */
async function openDownTo(count: number, folder: Folder): Promise<void> {
  while (folder.openDescriptors() > count) await turn()
}

const allClosed = (folder: Folder) =>
  vi.waitFor(() => expect(folder.openDescriptors()).toBe(0), { timeout: 5000 })

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('OpenFileCache', () => {
  it('keeps a file open between successive requests', async () => {
    const { folder, files } = openFilesOf()
    const first = await files.acquire('a.txt')
    first?.release()
    const second = await files.acquire('a.txt')
    second?.release()
    expect(second?.fd).toBe(first?.fd)
    expect(folder.openDescriptors()).toBe(1)
  })

  it('counts the files that are open', async () => {
    const { folder, files } = openFilesOf({ maxOpenFiles: 1 })
    folder.put('b.txt', 'other')
    folder.age('b.txt', 60)
    const [a, b] = [await files.acquire('a.txt'), await files.acquire('b.txt')]
    // The cache has room for one, and the other is in use.
    expect([files.openFiles, folder.openDescriptors()]).toEqual([2, 2])
    a?.release()
    expect(files.openFiles).toBe(1)
    b?.release()
    await textOf(files, 'missing.txt')
    expect(files.openFiles).toBe(1)
    await allClosed(folder)
    expect(files.openFiles).toBe(0)
  })

  it('closes a file that is no longer requested', async () => {
    const { folder, files } = openFilesOf()
    await textOf(files)
    expect(folder.openDescriptors()).toBe(1)
    await allClosed(folder)
    expect(await textOf(files)).toBe('old')
  })

  it('does not close a file that is being read, however long that takes', async () => {
    const { folder, files } = openFilesOf({ maxOpenFiles: 1 })
    const file = await files.acquire('a.txt')
    folder.put('b.txt', 'b')
    expect(await textOf(files, 'b.txt')).toBe('b')
    expect(folder.openDescriptors()).toBe(2)
    const bytes = new Uint8Array(3)
    await poolRead(file?.fd ?? -1, bytes, 0)
    expect(new TextDecoder().decode(bytes)).toBe('old')
    file?.release()
    await allClosed(folder)
  })

  it('shares one descriptor among simultaneous requests', async () => {
    const { folder, files } = openFilesOf({ maxOpenFiles: 0 })
    const shared = await Promise.all(Array.from({ length: 50 }, () => files.acquire('a.txt')))
    expect(new Set(shared.map((file) => file?.fd)).size).toBe(1)
    expect(folder.openDescriptors()).toBe(1)
    for (const file of shared.slice(1)) file?.release()
    for (let turns = 0; turns < 100; turns++) await turn()
    expect(folder.openDescriptors()).toBe(1)
    shared[0]?.release()
    await allClosed(folder)
  })

  it('keeps nothing open if maxOpenFiles is 0', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const { folder, files } = openFilesOf({ maxOpenFiles: 0 })
    const [first, second] = [await files.acquire('a.txt'), await files.acquire('a.txt')]
    expect(folder.openDescriptors()).toBe(2)
    first?.release()
    second?.release()
    await openDownTo(0, folder)
    expect(folder.openDescriptors()).toBe(0)
  })

  it('keeps at most maxOpenFiles open', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const { folder, files } = openFilesOf({ maxOpenFiles: 2 })
    for (const key of ['b.txt', 'c.txt', 'd.txt']) {
      folder.put(key, key)
      expect(await textOf(files, key)).toBe(key)
    }
    await openDownTo(2, folder)
    expect(folder.openDescriptors()).toBe(2)
  })

  it('trusts an open file to be the file at its path for revalidateAfter', async () => {
    const { folder, files } = openFilesOf({ revalidateAfter: 1000 })
    const clock = vi.spyOn(performance, 'now')
    const start = 1e6
    clock.mockReturnValue(start)
    expect(await textOf(files)).toBe('old')
    folder.put('a.txt', 'newer')
    folder.age('a.txt', 30)
    clock.mockReturnValue(start + 999)
    expect(await textOf(files)).toBe('old')
    clock.mockReturnValue(start + 1000)
    expect(await textOf(files)).toBe('newer')
  })

  it.each<[string, (folder: Folder) => void, string]>([
    ['written to', (folder) => writeFileSync(folder.at('a.txt'), 'new'), 'new'],
    ['cut short', (folder) => truncateSync(folder.at('a.txt'), 1), 'o'],
  ])('reopens a file that was %s in place', async (_, change, text) => {
    const { folder, files } = openFilesOf()
    expect(await textOf(files)).toBe('old')
    change(folder)
    folder.age('a.txt', 30)
    expect(await textOf(files)).toBe(text)
  })

  it('trusts a file again after its path was checked', async () => {
    const { folder, files } = openFilesOf({ revalidateAfter: 1000 })
    const clock = vi.spyOn(performance, 'now')
    const start = 1e6
    clock.mockReturnValue(start)
    await textOf(files)
    clock.mockReturnValue(start + 1000)
    await textOf(files)
    folder.put('a.txt', 'newer')
    folder.age('a.txt', 30)
    clock.mockReturnValue(start + 1999)
    expect(await textOf(files)).toBe('old')
    clock.mockReturnValue(start + 2000)
    expect(await textOf(files)).toBe('newer')
  })

  it.each<[string, (folder: Folder) => void, string | undefined]>([
    ['removed', (folder) => rmSync(folder.at('a.txt')), undefined],
    [
      'replaced',
      (folder) => {
        folder.put('a.txt', 'newer')
        folder.age('a.txt', 30)
      },
      'newer',
    ],
  ])('notices that a file was %s although the clock was set back', async (_, change, text) => {
    const { folder, files } = openFilesOf({ revalidateAfter: 1000 })
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1e6)
    const date = Date.now()
    expect(await textOf(files)).toBe('old')
    change(folder)
    vi.spyOn(Date, 'now').mockReturnValue(date - 3_600_000)
    clock.mockReturnValue(1e6 + 1000)
    expect(await textOf(files)).toBe(text)
  })

  it('closes idle files although the clock was set back', async () => {
    const { folder, files } = openFilesOf()
    expect(await textOf(files)).toBe('old')
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000)
    await allClosed(folder)
  })

  it('checks the path of a file that was just changed on every request', async () => {
    const { folder, files } = openFilesOf()
    folder.put('a.txt', 'one')
    expect(await textOf(files)).toBe('one')
    folder.put('a.txt', 'two')
    expect(await textOf(files)).toBe('two')
  })

  it.each<[string, (folder: Folder) => void, string | undefined]>([
    ['it was replaced', (folder) => folder.put('a.txt', 'new'), 'new'],
    [
      'it was replaced by a file of the same age and length',
      (folder) => {
        folder.put('next.txt', 'new')
        folder.age('next.txt', 60)
        renameSync(folder.at('next.txt'), folder.at('a.txt'))
      },
      'new',
    ],
    ['it was written to', (folder) => writeFileSync(folder.at('a.txt'), 'new'), 'new'],
    ['it was cut short', (folder) => truncateSync(folder.at('a.txt'), 1), 'o'],
    ['it grew', (folder) => writeFileSync(folder.at('a.txt'), 'er', { flag: 'a' }), 'older'],
    ['it was removed', (folder) => rmSync(folder.at('a.txt')), undefined],
  ])('notices, when it checks the path, that %s', async (_, change, text) => {
    const { folder, files } = openFilesOf({ revalidateAfter: 0 })
    expect(await textOf(files)).toBe('old')
    change(folder)
    expect(await textOf(files)).toBe(text)
    await allClosed(folder)
  })

  it('keeps the descriptor of an unchanged file', async () => {
    const { files } = openFilesOf({ revalidateAfter: 0 })
    const first = await files.acquire('a.txt')
    first?.release()
    const second = await files.acquire('a.txt')
    second?.release()
    expect(second?.fd).toBe(first?.fd)
  })

  it('keeps no second descriptor of an unchanged file', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const { folder, files } = openFilesOf({ revalidateAfter: 0 })
    for (let request = 0; request < 10; request++) expect(await textOf(files)).toBe('old')
    await openDownTo(1, folder)
    expect(folder.openDescriptors()).toBe(1)
  })

  it.each<[string, { away: string; link: string }, string | undefined]>([
    ['out of the root', { away: 'outside', link: '../outside' }, undefined],
    ['to a dotfile folder', { away: 'root/.hidden', link: '.hidden' }, undefined],
    ['elsewhere in the root', { away: 'root/other', link: 'other' }, 'old'],
  ])(
    'applies all checks again to a file whose folder was moved %s and replaced by a link',
    async (_, { away, link }, text) => {
      const folder = testFolder()
      folder.put('root/films/a.txt', 'old')
      folder.age('root/films/a.txt', 60)
      const files = new OpenFileCache(folder.at('root'), { ...defaults, revalidateAfter: 1000 })
      const clock = vi.spyOn(performance, 'now').mockReturnValue(1e6)
      expect(await textOf(files, 'films/a.txt')).toBe('old')
      renameSync(folder.at('root/films'), folder.at(away))
      symlinkSync(link, folder.at('root/films'))
      for (let second = 1; second < 4; second++) {
        clock.mockReturnValue(1e6 + second * 1000)
        expect(await textOf(files, 'films/a.txt')).toBe(text)
      }
    },
  )

  it.each<[string, Partial<OpenFileCacheOptions>]>([
    ['every request checks the path', { revalidateAfter: 0 }],
    ['the file was just changed', {}],
  ])('gives no request a version that was replaced before it arrived, if %s', async (_, options) => {
    const { folder, files } = openFilesOf(options)
    folder.put('a.txt', 'old')
    // The clock stands still at the moment of the change.
    vi.spyOn(Date, 'now').mockReturnValue(Date.now())
    expect(await textOf(files)).toBe('old')
    const before = textOf(files)
    folder.put('a.txt', 'new')
    const after = textOf(files)
    expect(await after).toBe('new')
    expect(['old', 'new']).toContain(await before)
  })

  it('opens a file at most twice for simultaneous requests that must all check the path', async () => {
    const { folder, files } = openFilesOf({ maxOpenFiles: 0, revalidateAfter: 0 })
    const shared = await Promise.all(Array.from({ length: 50 }, () => files.acquire('a.txt')))
    expect(folder.openDescriptors()).toBe(2)
    for (const file of shared) file?.release()
    await allClosed(folder)
  })

  it('finds a file that appears while an earlier request finds none', async () => {
    const { folder, files } = openFilesOf({ revalidateAfter: 0 })
    rmSync(folder.at('a.txt'))
    const before = textOf(files)
    folder.put('a.txt', 'new')
    expect(await textOf(files)).toBe('new')
    await before
  })

  it('shares a file with a request that has been reading it for a long time', async () => {
    const { folder, files } = openFilesOf()
    const first = await files.acquire('a.txt')
    // Longer than idle files are kept.
    await new Promise((resolve) => setTimeout(resolve, 800))
    const second = await files.acquire('a.txt')
    expect(second?.fd).toBe(first?.fd)
    expect(second?.adaptiveRead).toBe(first?.adaptiveRead)
    first?.release()
    second?.release()
    await allClosed(folder)
  })

  it('keeps reading the version it opened while the next version is read', async () => {
    const { folder, files } = openFilesOf({ revalidateAfter: 0 })
    const old = await files.acquire('a.txt')
    folder.put('a.txt', 'new')
    expect(await textOf(files)).toBe('new')
    const bytes = new Uint8Array(3)
    await poolRead(old?.fd ?? -1, bytes, 0)
    expect(new TextDecoder().decode(bytes)).toBe('old')
    old?.release()
    await allClosed(folder)
  })

  it('does not remember that a file was missing', async () => {
    const { folder, files } = openFilesOf()
    expect(await files.acquire('b.txt')).toBeUndefined()
    folder.put('b.txt', 'b')
    expect(await textOf(files, 'b.txt')).toBe('b')
  })

  it('reads sidecar digests only if digests are on', async () => {
    const sidecar = `${'0'.repeat(64)}  a.txt\n`
    const plain = openFilesOf()
    plain.folder.put('a.txt.sha256', sidecar)
    const without = await plain.files.acquire('a.txt')
    expect(without?.digests).toBeUndefined()
    without?.release()
    const digesting = openFilesOf({ digests: true })
    digesting.folder.put('a.txt.sha256', sidecar)
    const file = await digesting.files.acquire('a.txt')
    expect(file?.digests).toEqual({ 'sha-256': Buffer.alloc(32).toString('base64') })
    file?.release()
    expect(digesting.folder.openDescriptors()).toBe(1)
  })
})

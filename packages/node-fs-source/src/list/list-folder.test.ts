import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, type Stats, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { anyName } from '@rangekit/test-kit/any-name'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { testFolder } from '../../test/support/folder.ts'
import { fileSource } from '../file-source.ts'
import { folderReader } from './folder-reader.ts'

const disk = vi.hoisted(() => ({
  beforeLstat: (_path: string) => {},
  /** Whether nothing may be accessed; the superuser may access everything, whatever the mode. */
  refuses: false,
}))
type Done = (error: Error | null) => void
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>()
  const lstat = (path: string, done: (error: Error | null, stats: Stats) => void) => {
    disk.beforeLstat(path)
    fs.lstat(path, done)
  }
  const access = (path: string, mode: number, done: Done) => {
    if (disk.refuses) done(Object.assign(new Error(path), { code: 'EACCES' }))
    else fs.access(path, mode, done)
  }
  return { ...fs, lstat, access }
})

/** The names in a folder, sorted; `undefined` if it is not listed. */
async function namesIn(root: string, path = '') {
  const listing = await folderReader(root).read(path)
  return listing?.entries.map(({ kind, name }) => (kind === 'folder' ? `${name}/` : name)).sort()
}

describe('a listing', () => {
  it('has the files and sub-folders with sizes and times', async () => {
    const folder = testFolder()
    folder.put('film.mp4', '12345')
    folder.put('films/a.mp4', '1')
    utimesSync(folder.at('film.mp4'), 1e9, 1234567890.5)
    const { entries = [] } = (await folderReader(folder.path).read('')) ?? {}
    expect(entries).toHaveLength(2)
    expect(entries).toContainEqual({ kind: 'file', name: 'film.mp4', size: 5, modified: 1234567890500 })
    expect(entries).toContainEqual({
      kind: 'folder',
      name: 'films',
      size: 0,
      modified: expect.closeTo(Date.now(), -5),
    })
  })

  it('is that of a sub-folder if the path names one', async () => {
    const folder = testFolder()
    folder.put('a/b/film.mp4', '')
    mkdirSync(folder.at('a/empty'))
    expect(await namesIn(folder.path, 'a')).toEqual(['b/', 'empty/'])
    expect(await namesIn(folder.path, 'a/b')).toEqual(['film.mp4'])
    expect(await namesIn(folder.path, 'a/empty')).toEqual([])
  })

  it.each(['none', 'film.mp4', 'film.mp4/', 'a/', '/a', '.', '..', 'a/..', '../', '.hidden', 'a\0', 'a//b'])(
    'does not exist for the path %j',
    async (path) => {
      const folder = testFolder()
      folder.put('film.mp4', '')
      folder.put('a/b/x', '')
      folder.put('.hidden/x', '')
      const reader = folderReader(folder.path)
      expect(await reader.read(path)).toBeUndefined()
      expect(await reader.stamp(path)).toBeUndefined()
      expect(await reader.watch(path, () => {})).toBeUndefined()
    },
  )

  it('has no dotfiles, and nothing that is neither a file nor a folder', async () => {
    const folder = testFolder()
    folder.put('.env', '')
    folder.put('.git/config', '')
    folder.put('film.mp4', '')
    execFileSync('mkfifo', [folder.at('pipe')])
    const server = createServer().listen(folder.at('socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    symlinkSync('/dev/zero', folder.at('zero'))
    expect(await namesIn(folder.path)).toEqual(['film.mp4'])
    server.close()
  })

  it('has links that stay inside the root, with what they lead to', async () => {
    const [folder, outside] = [testFolder(), testFolder()]
    outside.put('secret.mp4', 'secret')
    folder.put('a/film.mp4', 'film')
    folder.put('.hidden/film.mp4', 'film')
    symlinkSync('a/film.mp4', folder.at('link.mp4'))
    symlinkSync('a', folder.at('b'))
    symlinkSync('.', folder.at('circle'))
    symlinkSync(outside.at('secret.mp4'), folder.at('secret.mp4'))
    symlinkSync(outside.path, folder.at('outside'))
    symlinkSync('.hidden', folder.at('hidden'))
    symlinkSync('.hidden/film.mp4', folder.at('hidden.mp4'))
    symlinkSync('nowhere', folder.at('broken'))
    symlinkSync('loop', folder.at('loop'))
    expect(await namesIn(folder.path)).toEqual(['a/', 'b/', 'circle/', 'link.mp4'])
    expect(await namesIn(folder.path, 'b')).toEqual(['film.mp4'])
    expect(await namesIn(folder.path, 'outside')).toBeUndefined()
    expect(await namesIn(folder.path, 'hidden')).toBeUndefined()
    const { entries = [] } = (await folderReader(folder.path).read('')) ?? {}
    expect(entries.find(({ name }) => name === 'link.mp4')?.size).toBe(4)
  })

  it('has the same identity whichever path leads to the folder', async () => {
    const folder = testFolder()
    mkdirSync(folder.at('a'))
    symlinkSync('.', folder.at('circle'))
    const reader = folderReader(folder.path)
    const [root, circle, other] = await Promise.all(
      ['', 'circle/circle', 'a'].map(async (path) => (await reader.read(path))?.identity),
    )
    expect(circle).toBe(root)
    expect(other).not.toBe(root)
  })

  it('leaves out names that are not valid UTF-8, which no key can name', async () => {
    const folder = testFolder()
    writeFileSync(Buffer.concat([Buffer.from(folder.at('bad')), Buffer.from([0xff])]), '')
    expect(await namesIn(folder.path)).toEqual([])
    folder.put('bad\ufffd', '')
    expect(await namesIn(folder.path)).toEqual(['bad\ufffd'])
  })

  it('leaves out what cannot be read', async () => {
    const folder = testFolder()
    folder.put('private.mp4', '')
    folder.put('private/film.mp4', '')
    chmodSync(folder.at('private.mp4'), 0o600)
    chmodSync(folder.at('private'), 0o700)
    expect(await namesIn(folder.path)).toEqual(['private.mp4', 'private/'])
    disk.refuses = true
    onTestFinished(() => {
      disk.refuses = false
    })
    expect(await namesIn(folder.path)).toEqual([])
  })

  it('leaves out what goes away while it is made', async () => {
    const folder = testFolder()
    for (let index = 0; index < 100; index++) folder.put(`${index}`, '')
    disk.beforeLstat = (path) => {
      if (path.endsWith('5')) rmSync(path)
    }
    onTestFinished(() => {
      disk.beforeLstat = () => {}
    })
    expect(await namesIn(folder.path)).toHaveLength(90)
  })

  it('has exactly the names that the source opens', async () => {
    const folder = testFolder()
    const source = fileSource(folder.path)
    const names = fc.sample(anyName, { numRuns: 300, seed: 11 })
    for (const name of names) folder.put(name, name)
    const { entries = [] } = (await folderReader(folder.path).read('')) ?? {}
    expect(entries.map(({ name }) => name).sort()).toEqual([...new Set(names)].sort())
    for (const { name, size } of entries) {
      const opened = await source.open(name)
      expect([name, opened?.completeLength]).toEqual([name, size])
      await opened?.close()
    }
  })

  it('lets other work run while it reads 20,000 entries', async () => {
    const folder = testFolder()
    for (let index = 0; index < 20_000; index++) writeFileSync(folder.at(`${index}.mp4`), '')
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const listing = await folderReader(folder.path).read('')
    clearInterval(timer)
    expect(listing?.entries.length).toBe(20_000)
    expect(turns).toBeGreaterThan(10)
  })
})

describe('a stamp', () => {
  it('changes when an entry comes, goes or is renamed', async () => {
    const folder = testFolder()
    const reader = folderReader(folder.path)
    folder.put('a', '')
    utimesSync(folder.path, 1e9, 1e9)
    const stamp = await reader.stamp('')
    expect(await reader.stamp('')).toBe(stamp)
    expect((await reader.read(''))?.stamp).toBe(stamp)
    folder.put('b', '')
    expect(await reader.stamp('')).not.toBe(stamp)
  })

  it('is never the same twice while the next change could have the same time', async () => {
    const folder = testFolder()
    const reader = folderReader(folder.path)
    utimesSync(folder.path, new Date(), new Date())
    expect(await reader.stamp('')).not.toBe(await reader.stamp(''))
  })
})

describe('a watch', () => {
  it('reports new, growing and removed files, until it ends', async () => {
    const folder = testFolder()
    let events = 0
    const end = await folderReader(folder.path).watch('', () => events++)
    const expectEvents = async (change: () => void) => {
      events = 0
      change()
      await expect.poll(() => events).toBeGreaterThan(0)
    }
    await expectEvents(() => writeFileSync(folder.at('film.mp4'), '1'))
    await expectEvents(() => writeFileSync(folder.at('film.mp4'), '22', { flag: 'a' }))
    await expectEvents(() => rmSync(folder.at('film.mp4')))
    end?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
    events = 0
    writeFileSync(folder.at('late.mp4'), '')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(events).toBe(0)
  })
})

it('is refused for a root that is no folder', () => {
  const folder = testFolder()
  folder.put('film.mp4', '')
  expect(() => folderReader(folder.at('film.mp4'))).toThrow(TypeError)
  expect(() => folderReader(folder.at('none'))).toThrow(/ENOENT/)
})

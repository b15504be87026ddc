import type { FolderEntry, FolderReader } from '@rangekit/node-fs-source'
import { describe, expect, it } from 'vitest'
import type { Folder } from './folder.ts'
import { FolderCache } from './folder-cache.ts'
import { keyIn } from './paths.ts'
import { Search, type SearchLimits } from './search.ts'

type Tree = { readonly [name: string]: Tree | null }

/** A tree of folders; `null` is a file. A folder named `up` leads back to the root, as links can. */
function makeSearch(tree: Tree, limits?: SearchLimits) {
  const folders = new Map<string, FolderEntry[]>()
  const add = (path: string, branch: Tree) => {
    folders.set(
      path,
      Object.entries(branch).map(([name, inside]) => {
        if (inside !== null) add(keyIn(path, name), inside)
        return { kind: inside === null ? 'file' : 'folder', name, size: 0, modified: 0 }
      }),
    )
  }
  add('', tree)
  const reads: string[] = []
  const reader: FolderReader = {
    async read(path) {
      reads.push(path)
      const real = path.split('/').at(-1) === 'up' ? '' : path
      const entries = folders.get(real)
      return entries && { entries, stamp: real, identity: real }
    },
    stamp: async (path) => path,
    watch: async () => undefined,
  }
  const cache = new FolderCache(reader)
  const search = new Search(cache, limits)
  return {
    reads,
    async find(q: string, signal?: AbortSignal) {
      const root = (await cache.read('')) as Folder
      const { items, partial } = await search.find(root, q, 'title', signal)
      return { keys: items.map(({ key }) => key), partial }
    },
  }
}

describe('a search', () => {
  it('finds files and folders with each word in their names, at all depths, in order', async () => {
    const { find } = makeSearch({
      'Film 10.mp4': null,
      films: { 'film 9.mp4': null, 'other.mp4': null, deep: { 'My_Film_mp4__x.txt': null } },
    })
    expect(await find('film')).toEqual({
      keys: ['films', 'films/film 9.mp4', 'Film 10.mp4', 'films/deep/My_Film_mp4__x.txt'],
      partial: false,
    })
    expect((await find('MP4 Film')).keys).toEqual([
      'films/film 9.mp4',
      'Film 10.mp4',
      'films/deep/My_Film_mp4__x.txt',
    ])
    expect((await find('film none')).keys).toEqual([])
  })

  it('looks into each folder once, however many ways lead to it', async () => {
    const { find, reads } = makeSearch({ 'film.mp4': null, a: { up: {}, b: { up: {} } }, up: {} })
    expect((await find('film')).keys).toEqual(['film.mp4'])
    expect(reads.length).toBeLessThan(10)
  })

  it.each([
    ['levels', { maxDepth: 1 }],
    ['folders', { maxFolders: 2 }],
    ['entries', { maxEntries: 3 }],
  ])('stops at its limit of %s, and says so', async (_, limits) => {
    const tree = { 'film 1': null, a: { 'film 2': null, b: { 'film 3': null, c: { 'film 4': null } } } }
    expect(await makeSearch(tree, limits).find('film')).toEqual({
      keys: ['film 1', 'a/film 2'],
      partial: true,
    })
    expect((await makeSearch(tree).find('film')).keys.length).toBe(4)
  })

  it('ends when its client leaves', async () => {
    const { find } = makeSearch({ a: {} })
    await expect(find('film', AbortSignal.abort())).rejects.toThrow(/abort/i)
  })
})

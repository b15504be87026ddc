import type { FolderEntry } from '@rangekit/node-fs-source'
import { anyName } from '@rangekit/test-kit/any-name'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Folder } from './folder.ts'
import { orderOf } from './order.ts'
import { libraryPage } from './page.ts'
import { type LibraryEntry, SORTS, type Sort } from './protocol.ts'
import { readQuery } from './query.ts'

const context = { link: (path: string) => path, known: () => undefined }

function folderOf(entries: readonly FolderEntry[]): Folder {
  return new Folder('a/b', { entries, stamp: '', identity: '' })
}

/** Reads all pages; `next` gives the folder for each of them. */
async function readPages(next: () => Folder, sort: Sort, limit: number): Promise<LibraryEntry[]> {
  const all: LibraryEntry[] = []
  let cursor = ''
  do {
    const query = readQuery(new URLSearchParams({ sort, limit: String(limit), cursor }))
    if (typeof query === 'string') throw new Error(query)
    const folder = next()
    const page = await libraryPage(folder, query, { items: folder.sorted(sort), partial: false }, context)
    expect(page.entries.length).toBeLessThanOrEqual(limit)
    expect(page.total).toBe(folder.items.length)
    all.push(...page.entries)
    cursor = page.next ?? ''
  } while (cursor !== '')
  return all
}

const growing = { growing: { frontier: 1 } } as const
const entry = fc
  .record({
    kind: fc.constantFrom('file' as const, 'folder' as const),
    name: fc
      .oneof(anyName, fc.stringMatching(/^[ab_ 1-3]{1,6}$/))
      .filter((name) => !/[\\\p{Cc}]/u.test(name)),
    // Few values, so that many are equal.
    size: fc.nat({ max: 3 }),
    modified: fc.nat({ max: 3 }),
  })
  .chain((each) => fc.constantFrom(each, each.kind === 'file' ? { ...each, ...growing } : each))
const entries = fc.uniqueArray(entry, { maxLength: 40, selector: ({ name }) => name })
const sort = fc.constantFrom(...SORTS)
const limit = fc.integer({ min: 1, max: 12 })

it('pages of any length give each entry of any folder once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(entries, sort, limit, async (list, sort, limit) => {
      const folder = folderOf(list)
      const read = await readPages(() => folder, sort, limit)
      expect(read.map(({ key }) => key)).toEqual(folder.sorted(sort).map(({ key }) => key))
    }),
    { numRuns: 100 },
  )
})

it('entries that do not change are neither repeated nor skipped while others come, go and change', async () => {
  const versions = fc.array(entries, { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(entries, versions, sort, limit, async (lasting, versions, sort, limit) => {
      const names = new Set(lasting.map(({ name }) => name))
      const folders = versions.map((others) =>
        folderOf([...lasting, ...others.filter(({ name }) => !names.has(name))]),
      )
      let page = 0
      const read = await readPages(() => folders[page++ % folders.length] ?? folderOf([]), sort, limit)
      // Sidecars come and go with the files that they belong to.
      const always = lasting.filter(({ name }) =>
        folders.every(({ items }) => items.some((item) => item.name === name)),
      )
      const seen = read.filter(({ name }) => always.some((entry) => entry.name === name))
      expect(seen.map(({ name }) => name).sort()).toEqual(always.map(({ name }) => name).sort())
      const compare = orderOf(sort)
      for (const [index, item] of seen.entries()) {
        const following = seen[index + 1]
        if (following !== undefined) expect(compare(item, following)).toBeLessThan(0)
      }
    }),
    { numRuns: 100 },
  )
})

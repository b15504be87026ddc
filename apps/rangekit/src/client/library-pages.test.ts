import { expect, it } from 'vitest'
import type { LibraryEntry } from '../library/protocol.ts'
import { listingOf } from './library-pages.ts'

const entry = (key: string): LibraryEntry => ({
  kind: 'other',
  key,
  name: key,
  title: key,
  size: 0,
  modified: 0,
  page: `watch/${key}`,
})
const page = (keys: readonly string[], total: number, next?: string) => ({
  path: '',
  version: '1',
  total,
  entries: keys.map(entry),
  ...(next !== undefined && { next }),
})

it('joins pages, without repeating an entry that has moved from one to the next', () => {
  const first = listingOf(page(['a', 'b'], 4, 'b'))
  expect(first).toMatchObject({ total: 4, isPartial: false, next: 'b' })
  const last = listingOf(page(['b', 'c'], 4), first.entries)
  expect(last.entries.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
})

it('knows how many there are when the last page has come, whatever was said before', () => {
  expect(listingOf(page(['c'], 9), [entry('a'), entry('b')])).toMatchObject({ total: 3, next: undefined })
})

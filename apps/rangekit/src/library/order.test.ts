import { describe, expect, it } from 'vitest'
import { orderOf, sortItems } from './order.ts'
import { SORTS } from './protocol.ts'
import { fold, wordsOf } from './search-text.ts'
import { parseName } from './title.ts'

let time = 0
function item(name: string, size = 0) {
  const kind = name.endsWith('/') ? 'folder' : 'video'
  const key = name.replace('/', '')
  const title = kind === 'folder' ? key : parseName(key).title
  return { kind, key, title, size, modified: time++ } as const
}
const keys = (items: readonly { key: string }[]) => items.map(({ key }) => key)

describe('the order by title', () => {
  it('is natural: numbers by value, case and accents next to each other, folders first', () => {
    const names = [
      'film 10',
      'Film 9',
      'film 2',
      'ábaco',
      'abad',
      'Zebra',
      'zoo/',
      'a 10/',
      'a 9/',
      'ñu',
      'nube',
    ]
    const sorted = keys(
      sortItems(
        names.map((name) => item(name)),
        'title',
      ),
    )
    expect(sorted).toEqual([
      'a 9',
      'a 10',
      'zoo',
      'ábaco',
      'abad',
      'film 2',
      'Film 9',
      'film 10',
      'ñu',
      'nube',
      'Zebra',
    ])
  })

  it('is by the key where titles are equal', () => {
    expect(keys(sortItems([item('a__2.mp4'), item('a__1.mp4'), item('a.mp4')], 'title'))).toEqual([
      'a.mp4',
      'a__1.mp4',
      'a__2.mp4',
    ])
  })
})

it('folders come first in every order, and equal values are in order of titles', () => {
  const items = [item('b', 5), item('a', 5), item('c', 9), item('y/'), item('x/')]
  expect(keys(sortItems(items, '-title'))).toEqual(['y', 'x', 'c', 'b', 'a'])
  expect(keys(sortItems(items, 'size'))).toEqual(['x', 'y', 'a', 'b', 'c'])
  expect(keys(sortItems(items, '-size'))).toEqual(['x', 'y', 'c', 'a', 'b'])
  expect(keys(sortItems(items, 'modified'))).toEqual(['y', 'x', 'b', 'a', 'c'])
  expect(keys(sortItems(items, '-modified'))).toEqual(['x', 'y', 'c', 'a', 'b'])
})

it('files that are still being written are the newest, and stay in order while they are', () => {
  const growing = { frontier: 1 }
  const items = [{ ...item('b'), growing }, item('x'), { ...item('a'), growing }, item('y')]
  expect(keys(sortItems(items, '-modified'))).toEqual(['a', 'b', 'y', 'x'])
  expect(keys(sortItems(items, 'modified'))).toEqual(['x', 'y', 'a', 'b'])
})

it.each(SORTS)('no two items share a place in %s', (sort) => {
  // The collator ignores the control character, and takes both forms of é for equal.
  const [a, b, c] = [item('e\u0301'), item('\u00e9'), item('\u00e9\u0001')].map((same) => ({
    ...same,
    modified: 0,
  }))
  if (a === undefined || b === undefined || c === undefined) throw new Error('Three items')
  const compare = orderOf(sort)
  for (const [one, other] of [
    [a, b],
    [b, c],
    [a, c],
  ] as const) {
    expect(compare(one, other)).not.toBe(0)
    expect(Math.sign(compare(one, other))).toBe(-Math.sign(compare(other, one)))
  }
})

describe('words', () => {
  it.each([
    ['  Ñandú  ÁRBOL ', ['nandu', 'arbol']],
    ['ﬁlm Ⅸ', ['film', 'ix']],
    ['', []],
    ['漢字 a_b', ['漢字', 'a_b']],
    ['a b A á', ['a', 'b']],
  ])('of %j have no case and no accents, each once', (query, words) => {
    expect(wordsOf(query)).toEqual(words)
  })

  it('are found in names written in either form of an accent', () => {
    expect(fold('CAFE\u0301')).toBe(fold('caf\u00e9'))
  })
})

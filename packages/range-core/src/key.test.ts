import { describe, expect, it } from 'vitest'
import { isHidden, isKey } from './key.ts'

describe('isKey', () => {
  it.each(['a', 'film.mp4', 'a/b/c', '...', '.hidden', 'a/.b', 'a..b', ' ', '%2e%2e', 'a\\b', '\u2028'])(
    'accepts %j',
    (text) => expect(isKey(text)).toBe(true),
  )

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    './a',
    '../a',
    'a/.',
    'a/..',
    'a/./b',
    'a/../b',
    'a\0',
    '\0',
  ])('refuses %j', (text) => expect(isKey(text)).toBe(false))
})

describe('isHidden', () => {
  it.each(['.a', 'a/.b', 'a/.b/c', '...'])('finds the dot in %j', (key) => expect(isHidden(key)).toBe(true))

  it.each(['a', 'a.b', 'a/b.c', 'a./b'])('finds none in %j', (key) => expect(isHidden(key)).toBe(false))
})

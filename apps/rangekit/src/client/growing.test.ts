import { expect, it } from 'vitest'
import { describeGrowing, formatGrowing, percentOf, sentenceOf } from './growing.ts'

it.each([
  [{ frontier: 0, completeLength: 1000 }, 0, '0% downloaded', '0 B of 1.00 kB'],
  [{ frontier: 429, completeLength: 1000 }, 42, '42% downloaded', '429 B of 1.00 kB'],
  [{ frontier: 999, completeLength: 1000 }, 99, '99% downloaded', '999 B of 1.00 kB'],
  [{ frontier: 0, completeLength: 0 }, 0, '0% downloaded', '0 B of 0 B'],
  [{ frontier: 12_345_678 }, undefined, 'Still being written', '12.3 MB so far'],
])('what is said of %j', (growing, percent, words, size) => {
  expect(percentOf(growing)).toBe(percent)
  expect(describeGrowing(growing)).toBe(words)
  expect(formatGrowing(growing)).toBe(size)
})

it('says in a sentence how much is there', () => {
  expect(sentenceOf({ frontier: 429, completeLength: 1000 })).toBe(
    '42% is there: 429 B of 1.00 kB. The rest is still on its way.',
  )
  expect(sentenceOf({ frontier: 429 })).toBe('Still being written: 429 B so far.')
})

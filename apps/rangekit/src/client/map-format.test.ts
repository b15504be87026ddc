import { expect, it } from 'vitest'
import { formatBytes, formatCount, formatDuration, formatShare } from './map-format.ts'

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [3_200_000, '3.2 MB'],
  [63_319_363, '63 MB'],
  [2 ** 53, '9.0 PB'],
])('%d bytes are %s', (count, text) => {
  expect(formatBytes(count)).toBe(text)
})

it.each([
  [0, '0 ms'],
  [99.4, '99 ms'],
  [100, '0.1 s'],
  [9940, '9.9 s'],
  [9950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('%d milliseconds are %s', (duration, text) => {
  expect(formatDuration(duration)).toBe(text)
})

it.each([
  [0, 0, '0%'],
  [0, 100, '0%'],
  [1, 1000, 'under 1%'],
  [63, 100, '63%'],
  [999, 1000, '99%'],
  [1000, 1000, '100%'],
])('%d of %d are %s', (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text)
})

it('positions are written in full', () => {
  expect(formatCount(31_457_280)).toBe('31,457,280')
})

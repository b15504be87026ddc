import { expect, it } from 'vitest'
import { byteLength, isOpenEnded, OPEN_END } from './byte-range.ts'

it.each([
  [0, 0, 1],
  [0, 499, 500],
  [500, 999, 500],
  [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER - 1, 1],
  [0, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER],
])('includes both ends: %d-%d', (firstPos, lastPos, length) => {
  expect(byteLength({ firstPos, lastPos })).toBe(length)
})

it.each([
  [0, OPEN_END, true],
  [500, OPEN_END, true],
  [0, 499, false],
  [0, OPEN_END - 1, false],
])('goes on until the representation is complete: %d-%d %s', (firstPos, lastPos, expected) => {
  expect(isOpenEnded({ firstPos, lastPos })).toBe(expected)
})

import { expect, it } from 'vitest'
import { byteLength } from './byte-range.ts'

it.each([
  [0, 0, 1],
  [0, 499, 500],
  [500, 999, 500],
  [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER - 1, 1],
  [0, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER],
])('includes both ends: %d-%d', (firstPos, lastPos, length) => {
  expect(byteLength({ firstPos, lastPos })).toBe(length)
})

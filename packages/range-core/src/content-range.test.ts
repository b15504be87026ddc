import { expect, it } from 'vitest'
import { formatContentRange } from './content-range.ts'

it('writes the first and last position and the complete length', () => {
  expect(formatContentRange({ firstPos: 0, lastPos: 499 }, 10_000)).toBe('bytes 0-499/10000')
  expect(formatContentRange({ firstPos: 9999, lastPos: 9999 }, 10_000)).toBe('bytes 9999-9999/10000')
})

it('writes only the complete length without a range', () => {
  expect(formatContentRange(undefined, 47_022)).toBe('bytes */47022')
})

it('writes * for a complete length that is not known yet', () => {
  expect(formatContentRange({ firstPos: 0, lastPos: 499 }, undefined)).toBe('bytes 0-499/*')
})

it('writes positions near 2^53 exactly', () => {
  const { MAX_SAFE_INTEGER } = Number
  expect(
    formatContentRange({ firstPos: MAX_SAFE_INTEGER - 1, lastPos: MAX_SAFE_INTEGER - 1 }, MAX_SAFE_INTEGER),
  ).toBe('bytes 9007199254740990-9007199254740990/9007199254740991')
})

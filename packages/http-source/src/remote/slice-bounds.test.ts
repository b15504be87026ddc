import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sliceBounds } from './slice-bounds.ts'

const position = fc.option(fc.oneof(fc.integer({ min: -30, max: 30 }), fc.double()), { nil: undefined })

it('takes the positions that Blob.slice takes', () => {
  fc.assert(
    fc.property(fc.nat(20), position, position, (size, start, end) => {
      const { start: from, end: to } = sliceBounds(size, start, end)
      const numbers = Uint8Array.from({ length: size }, (_, index) => index)
      // Arrays and Blobs take positions alike.
      expect([...numbers.slice(from, to)]).toEqual([...numbers.slice(start, end)])
      expect([0 <= from, from <= to, to <= size]).toEqual([true, true, true])
    }),
  )
})

it('is what a Blob makes of negative, swapped and far positions', () => {
  const cases = [
    [],
    [2],
    [-3],
    [2, -2],
    [-2, 2],
    [7, 3],
    [0, 99],
    [-99, 4],
    [Infinity],
    [0, -Infinity],
    [1.9, 3.9],
  ]
  for (const [start, end] of cases) {
    const { start: from, end: to } = sliceBounds(10, start, end)
    expect([start, end, to - from]).toEqual([start, end, new Blob(['0123456789']).slice(start, end).size])
  }
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Positions } from '../inspect/protocol.ts'
import { cover, coveredBytes } from './map-coverage.ts'

const positions = fc
  .tuple(fc.nat({ max: 60 }), fc.nat({ max: 20 }))
  .map(([first, more]): Positions => [first, first + more])

it('covers exactly the bytes that were added, in order, with gaps between', () => {
  fc.assert(
    fc.property(fc.array(positions, { maxLength: 12 }), (added) => {
      const covered = added.reduce<Positions[]>((all, each) => cover(all, each, 0), [])
      const bytes = new Set(
        added.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at)),
      )
      expect(coveredBytes(covered)).toBe(bytes.size)
      for (const [index, [first, last]] of covered.entries()) {
        expect(bytes.has(first) && bytes.has(last)).toBe(true)
        expect(first).toBeGreaterThan((covered[index - 1]?.[1] ?? -2) + 1)
      }
    }),
  )
})

it('makes one of what is no further apart than the gap', () => {
  expect(cover([[0, 9]], [15, 19], 5)).toEqual([[0, 19]])
  expect(cover([[0, 9]], [16, 19], 5)).toEqual([
    [0, 9],
    [16, 19],
  ])
  expect(cover([[20, 29]], [0, 14], 5)).toEqual([[0, 29]])
})

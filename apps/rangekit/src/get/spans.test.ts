import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addSpan, missingPieces, type Span, spanBytes } from './spans.ts'

const span = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }))
  .map(([start, length]): Span => [start, start + length])

it('knows what was added, in any order', () => {
  fc.assert(
    fc.property(fc.array(span), (added) => {
      const spans = added.reduce<readonly Span[]>(addSpan, [])
      const positions = new Set(added.flatMap(positionsOf))
      expect(spans.flatMap(positionsOf)).toEqual([...positions].sort((a, b) => a - b))
      expect(spanBytes(spans)).toBe(positions.size)
      // Sorted, and none touches the next.
      expect(spans.every(([start], index) => index === 0 || start > (spans[index - 1]?.[1] ?? 0))).toBe(true)
    }),
  )
})

it('knows what is missing, in pieces', () => {
  fc.assert(
    fc.property(fc.array(span), fc.integer({ min: 1, max: 30 }), (added, size) => {
      const spans = added.reduce<readonly Span[]>(addSpan, [])
      const pieces = missingPieces(spans, 100, size)
      expect([...spans, ...pieces].flatMap(positionsOf).sort((a, b) => a - b)).toEqual(positionsOf([0, 100]))
      expect(pieces.every(([start, end]) => start < end && end - start <= size)).toBe(true)
    }),
  )
})

function positionsOf([start, end]: Span): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index)
}

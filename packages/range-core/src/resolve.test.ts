import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ByteRange } from './byte-range.ts'
import type { RangeSpec } from './range.ts'
import { coalesceRanges, resolveRanges } from './resolve.ts'

const int = (firstPos: number, lastPos?: number): RangeSpec => ({ kind: 'int', firstPos, lastPos })
const suffix = (suffixLength: number): RangeSpec => ({ kind: 'suffix', suffixLength })
const range = (firstPos: number, lastPos: number): ByteRange => ({ firstPos, lastPos })

describe('resolveRanges', () => {
  it.each<[string, RangeSpec, number, ByteRange[]]>([
    ['takes the bytes asked for', int(0, 499), 10_000, [range(0, 499)]],
    ['takes the last byte', int(9999, 9999), 10_000, [range(9999, 9999)]],
    ['takes all bytes up to the end', int(9500), 10_000, [range(9500, 9999)]],
    ['clamps a last position past the end', int(9500, 10_000), 10_000, [range(9500, 9999)]],
    ['clamps a saturated last position', int(0, Number.MAX_SAFE_INTEGER), 10_000, [range(0, 9999)]],
    ['leaves out a range that begins at the end', int(10_000), 10_000, []],
    ['leaves out a range that begins past the end', int(10_001, 10_002), 10_000, []],
    ['takes the last byte for a suffix of length 1', suffix(1), 10_000, [range(9999, 9999)]],
    ['takes the last bytes for a suffix', suffix(500), 10_000, [range(9500, 9999)]],
    ['takes all bytes for a suffix as long as the representation', suffix(10_000), 10_000, [range(0, 9999)]],
    ['takes all bytes for a suffix longer than the representation', suffix(10_001), 10_000, [range(0, 9999)]],
    ['leaves out a suffix of length 0', suffix(0), 10_000, []],
    ['leaves out a suffix of length 0 of one byte', suffix(0), 1, []],
    ['takes the only byte', int(0), 1, [range(0, 0)]],
    ['leaves out any range of an empty representation', int(0), 0, []],
    ['leaves out any suffix of an empty representation', suffix(5), 0, []],
  ])('%s', (_, spec, completeLength, ranges) => {
    expect(resolveRanges([spec], completeLength)).toEqual(ranges)
  })

  it('keeps the order of the request, and leaves out only unsatisfiable ranges', () => {
    expect(resolveRanges([suffix(1), int(200), int(5, 6), suffix(0), int(0, 0)], 100)).toEqual([
      range(99, 99),
      range(5, 6),
      range(0, 0),
    ])
  })

  it('selects what slicing the bytes selects', () => {
    const data = Array.from({ length: 40 }, (_, at) => at)
    const position = fc.nat({ max: 60 })
    fc.assert(
      fc.property(position, fc.option(position, { nil: undefined }), fc.nat({ max: 40 }), (a, b, length) => {
        const bytes = data.slice(0, length)
        const sliced = ({ firstPos, lastPos }: ByteRange) => bytes.slice(firstPos, lastPos + 1)
        const last = b === undefined ? undefined : Math.max(a, b)
        expect(resolveRanges([int(a, last)], length).flatMap(sliced)).toEqual(
          bytes.slice(a, last === undefined ? length : last + 1),
        )
        expect(resolveRanges([suffix(a)], length).flatMap(sliced)).toEqual(
          bytes.slice(Math.max(0, length - a)),
        )
      }),
    )
  })
})

describe('coalesceRanges', () => {
  it.each<[string, ByteRange[], number, ByteRange[]]>([
    ['leaves one range alone', [range(3, 5)], 80, [range(3, 5)]],
    ['makes no range of none', [], 80, []],
    ['joins ranges that overlap', [range(0, 10), range(5, 20)], 0, [range(0, 20)]],
    ['joins ranges that overlap, in descending order', [range(5, 20), range(0, 10)], 0, [range(0, 20)]],
    ['joins a range with one inside it', [range(0, 20), range(5, 6)], 0, [range(0, 20)]],
    ['joins a range with one around it', [range(5, 6), range(0, 20)], 0, [range(0, 20)]],
    ['joins equal ranges', [range(5, 6), range(5, 6)], 0, [range(5, 6)]],
    ['joins ranges that touch', [range(0, 4), range(5, 9)], 0, [range(0, 9)]],
    [
      'keeps a gap of one byte if a part costs nothing',
      [range(0, 4), range(6, 9)],
      0,
      [range(0, 4), range(6, 9)],
    ],
    [
      'keeps a gap of one byte if a part costs one byte',
      [range(0, 4), range(6, 9)],
      1,
      [range(0, 4), range(6, 9)],
    ],
    [
      'joins across a gap shorter than the overhead of a part',
      [range(0, 4), range(84, 89)],
      80,
      [range(0, 89)],
    ],
    [
      'keeps a gap as long as the overhead of a part',
      [range(0, 4), range(85, 89)],
      80,
      [range(0, 4), range(85, 89)],
    ],
    ['joins a chain of ranges', [range(0, 1), range(4, 5), range(2, 3)], 0, [range(0, 5)]],
    [
      'measures a gap from the greatest last position so far',
      [range(0, 100), range(5, 6), range(110, 120)],
      10,
      [range(0, 120)],
    ],
    [
      'keeps the order of the request',
      [range(900, 999), range(0, 9), range(500, 509)],
      80,
      [range(900, 999), range(0, 9), range(500, 509)],
    ],
    [
      'puts a joined range in the place of its first member',
      [range(900, 999), range(0, 9), range(950, 1099)],
      80,
      [range(900, 1099), range(0, 9)],
    ],
    [
      'puts a joined range there even if a later member begins earlier',
      [range(950, 1099), range(0, 9), range(900, 999)],
      80,
      [range(900, 1099), range(0, 9)],
    ],
    [
      'puts a joined range after what was asked for before all of its members',
      [range(0, 9), range(950, 1099), range(900, 999)],
      80,
      [range(0, 9), range(900, 1099)],
    ],
  ])('%s', (_, ranges, overhead, joined) => {
    expect(coalesceRanges(ranges, overhead)).toEqual(joined)
  })

  it('does not change its argument', () => {
    const ranges = [range(5, 20), range(0, 10)]
    coalesceRanges(ranges, 0)
    expect(ranges).toEqual([range(5, 20), range(0, 10)])
  })

  it('covers what was asked for, and otherwise only gaps shorter than the overhead of a part', () => {
    const anyRange = fc
      .tuple(fc.nat({ max: 60 }), fc.nat({ max: 8 }))
      .map(([first, more]) => range(first, first + more))
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 12 }), fc.nat({ max: 6 }), (ranges, overhead) => {
        const joined = coalesceRanges(ranges, overhead)
        const positions = (list: readonly ByteRange[]) =>
          list.flatMap(({ firstPos, lastPos }) =>
            Array.from({ length: lastPos - firstPos + 1 }, (_, i) => firstPos + i),
          )
        const asked = new Set(positions(ranges))
        const given = positions(joined)
        expect(new Set(given).size).toBe(given.length)
        expect(given).toEqual(expect.arrayContaining([...asked]))

        const ascending = joined.toSorted((a, b) => a.firstPos - b.firstPos)
        for (const [index, { firstPos }] of ascending.entries()) {
          const before = ascending[index - 1]
          if (before !== undefined)
            expect(firstPos - before.lastPos - 1).toBeGreaterThanOrEqual(Math.max(1, overhead))
        }
        const runs = [...asked, Number.POSITIVE_INFINITY].sort((a, b) => a - b)
        for (const { firstPos, lastPos } of joined) {
          expect(asked.has(firstPos)).toBe(true)
          expect(asked.has(lastPos)).toBe(true)
          const inside = runs.filter((at) => at >= firstPos && at <= lastPos)
          for (const [index, at] of inside.entries()) {
            expect(at - (inside[index - 1] ?? at) - 1).toBeLessThan(Math.max(1, overhead))
          }
        }
      }),
    )
  })
})

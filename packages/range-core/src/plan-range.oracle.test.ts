import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rangeRequest } from '../test/support/arbitrary-range-request.ts'
import { expectedOf } from '../test/support/range-oracle.ts'
import { literalsOf, rangesOf } from '../test/support/segments.ts'
import { planRange } from './plan-range.ts'

/** The number of fields tried. `RANGEKIT_RUNS=1000000` takes a few minutes. Default: 20,000. */
const RUNS = Number(process.env['RANGEKIT_RUNS'] ?? 20_000)

const options = fc.constantFrom<{ readonly contentType?: string; readonly maxRanges?: number }>(
  {},
  { contentType: 'video/mp4' },
  { contentType: 'text/plain; charset=utf-8', maxRanges: 3 },
)

it.each([
  ['is what the text of RFC 9110 says, for any field and any length', false],
  ['is what RFC 8673 adds for a length that is not known yet, for any field', true],
])('%s', { timeout: 60_000 + RUNS }, (_, isLengthUnknown) => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(rangeRequest, options, ({ field, length }, others) => {
      const withBoundary = { ...others, boundary: 'b1c2' }
      const plan = isLengthUnknown
        ? planRange(field, undefined, { ...withBoundary, frontier: length })
        : planRange(field, length, withBoundary)
      const expected = expectedOf(field, BigInt(length), { ...withBoundary, isLengthUnknown })

      const inBigInts = plan.ranges.map(({ firstPos, lastPos }) => ({
        first: BigInt(firstPos),
        last: BigInt(lastPos),
      }))
      expect({
        status: plan.status,
        ranges: inBigInts,
        contentLength: plan.headers['Content-Length'],
        contentRange: plan.headers['Content-Range'],
        literals: literalsOf(plan.segments),
      }).toEqual({ ...expected, contentLength: expected.contentLength?.toString() })
      expect(rangesOf(plan.segments)).toEqual(plan.ranges)
      const kind = `${plan.status} ${plan.ranges.length > 1 ? 'multipart' : 'single'}`
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
    }),
    { numRuns: RUNS },
  )
  // Fields of every kind were tried, so agreement means something.
  for (const kind of ['200 single', '206 single', '206 multipart', '416 single']) {
    expect(seen.get(kind), kind).toBeGreaterThan(RUNS / 200)
  }
})

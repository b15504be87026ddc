import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bodyLength } from '../test/support/segments.ts'
import { planRange } from './plan-range.ts'

const MAX = Number.MAX_SAFE_INTEGER
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

it('sends one range', () => {
  expect(planRange('bytes=0-499', 10_000)).toEqual({
    status: 206,
    headers: { 'Accept-Ranges': 'bytes', 'Content-Length': '500', 'Content-Range': 'bytes 0-499/10000' },
    ranges: [{ firstPos: 0, lastPos: 499 }],
    segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 499 } }],
  })
})

const whole = {
  status: 200,
  headers: { 'Accept-Ranges': 'bytes', 'Content-Length': '10000' },
  ranges: [{ firstPos: 0, lastPos: 9999 }],
  segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 9999 } }],
}

it.each([
  ['no field', undefined],
  ['a null field', null],
  ['an empty field', ''],
  ['a malformed field', 'bytes=abc'],
  ['a last position less than the first', 'bytes=5-4'],
  ['another unit', 'seconds=0-4'],
  ['101 ranges', `bytes=${Array.from({ length: 101 }, (_, i) => `${i * 90}-${i * 90}`).join()}`],
])('sends the whole representation for %s', (_, field) => {
  expect(planRange(field, 10_000)).toEqual(whole)
})

it.each(['bytes=10000-', 'bytes=10000-10001', 'bytes=-0', 'bytes=10000-,-0', `bytes=${'9'.repeat(400)}-`])(
  'answers %s with 416, the length and no body',
  (field) => {
    expect(planRange(field, 10_000)).toEqual({
      status: 416,
      headers: { 'Content-Range': 'bytes */10000', 'Content-Length': '0' },
      ranges: [],
      segments: [],
    })
  },
)

it.each(['bytes=0-0', 'bytes=-0', 'bytes=5-', 'bytes=-1', 'bytes=0-,1-', undefined])(
  'ignores %j for an empty representation',
  (field) => {
    expect(planRange(field, 0)).toEqual({
      status: 200,
      headers: { 'Accept-Ranges': 'bytes', 'Content-Length': '0' },
      ranges: [],
      segments: [],
    })
  },
)

it('sends a 206 even if the range is the whole representation', () => {
  expect(planRange('bytes=0-', 10_000)).toMatchObject({
    status: 206,
    headers: { 'Content-Range': 'bytes 0-9999/10000', 'Content-Length': '10000' },
  })
})

it('leaves out unsatisfiable ranges among others', () => {
  expect(planRange('bytes=0-9,200000-', 100_000)).toMatchObject({
    status: 206,
    headers: { 'Content-Range': 'bytes 0-9/100000', 'Content-Length': '10' },
    ranges: [{ firstPos: 0, lastPos: 9 }],
  })
})

it('sends several ranges as multipart/byteranges, in the order of the request, with the exact length', () => {
  const plan = planRange('bytes=-1,0-1', 10_000, { boundary: 'b', contentType: 'text/plain' })
  const headerOf = (range: string) =>
    `Content-Type: text/plain\r\nContent-Range: bytes ${range}/10000\r\n\r\n`
  expect(plan.status).toBe(206)
  expect(plan.ranges).toEqual([
    { firstPos: 9999, lastPos: 9999 },
    { firstPos: 0, lastPos: 1 },
  ])
  expect(
    plan.segments.map((segment) => (segment.kind === 'bytes' ? text(segment.bytes) : segment.range)),
  ).toEqual([
    `--b\r\n${headerOf('9999-9999')}`,
    { firstPos: 9999, lastPos: 9999 },
    `\r\n--b\r\n${headerOf('0-1')}`,
    { firstPos: 0, lastPos: 1 },
    '\r\n--b--\r\n',
  ])
  expect(plan.headers).toEqual({
    'Accept-Ranges': 'bytes',
    'Content-Length': String(bodyLength(plan.segments)),
    'Content-Type': 'multipart/byteranges; boundary=b',
  })
})

it('makes a new boundary for each response unless one is given', () => {
  const types = [1, 2].map(() => planRange('bytes=-1,0-1', 10_000).headers['Content-Type'] ?? '')
  expect(new Set(types).size).toBe(2)
  for (const type of types) expect(type).toMatch(/^multipart\/byteranges; boundary=[0-9A-Za-z-]{20,70}$/)
})

it('sends ranges that coalesce into one as a single range', () => {
  for (const field of ['bytes=0-4,5-9', 'bytes=5-9,0-4', 'bytes=0-9,2-3', 'bytes=0-1,8-9', 'bytes=0-,-10']) {
    const plan = planRange(field, 10)
    expect(plan.headers['Content-Range']).toBe('bytes 0-9/10')
    expect(plan.ranges).toEqual([{ firstPos: 0, lastPos: 9 }])
    expect(plan.segments).toHaveLength(1)
  }
})

it('joins across a gap shorter than the overhead of a part with its boundary and type', () => {
  const part = '\r\n--b\r\nContent-Type: a/b\r\nContent-Range: bytes 10000-10000/10000\r\n\r\n'.length
  const options = { boundary: 'b', contentType: 'a/b' }
  expect(planRange(`bytes=0-0,${part}-${part}`, 10_000, options).ranges).toHaveLength(1)
  expect(planRange(`bytes=0-0,${part + 1}-${part + 1}`, 10_000, options).ranges).toHaveLength(2)
})

const spread = (count: number) =>
  `bytes=${Array.from({ length: count }, (_, i) => `${i * 900}-${i * 900}`).join()}`

it('sends 100 ranges, and ignores a field with more', () => {
  expect(planRange(spread(100), 1_000_000).ranges).toHaveLength(100)
  expect(planRange(spread(101), 1_000_000).status).toBe(200)
})

it('counts the ranges asked for, before any is left out or joined', () => {
  expect(planRange(`bytes=${'0-0,'.repeat(101)}`, 1000).status).toBe(200)
  expect(planRange(`bytes=${'2000-,'.repeat(101)}`, 1000).status).toBe(200)
  expect(planRange(`bytes=${'0-0,'.repeat(100)}`, 1000).status).toBe(206)
})

it('has a limit that can be set', () => {
  expect(planRange(spread(3), 1_000_000, { maxRanges: 2 }).status).toBe(200)
  expect(planRange(spread(2), 1_000_000, { maxRanges: 2 }).status).toBe(206)
  expect(planRange(spread(150), 1_000_000, { maxRanges: 150 }).ranges).toHaveLength(150)
  expect(planRange('bytes=0-0', 1_000_000, { maxRanges: 0 }).status).toBe(200)
})

it('makes no body more than 4096 bytes longer than the representation', () => {
  const boundary = 'b'
  const contentType = `x/${'y'.repeat(4096)}`
  // Two parts, the gap between them just longer than the overhead of a part: all bytes but the gap are sent.
  const gap =
    '\r\n--b\r\nContent-Type: \r\nContent-Range: bytes 10000-10000/10000\r\n\r\n'.length + contentType.length
  const planned = (length: number) =>
    planRange(`bytes=0-0,${gap + 1}-`, 10_000, { boundary, contentType: contentType.slice(0, length) })
  const statuses = new Set<number>()
  for (let length = contentType.length - 200; length <= contentType.length; length++) {
    const plan = planned(length)
    const ifSent = 10_000 - gap + bodyLength(planRange('bytes=0-0,9999-', 10_000, { boundary }).segments) - 2
    // Each of the two headers carries the type, and the longer range has one digit less.
    const headers = ifSent + 2 * (length + 'Content-Type: \r\n'.length)
    expect(plan.status).toBe(headers <= 10_000 + 4096 ? 206 : 200)
    expect(bodyLength(plan.segments)).toBeLessThanOrEqual(10_000 + 4096)
    statuses.add(plan.status)
  }
  expect(statuses).toEqual(new Set([200, 206]))
})

it.each([
  [`bytes=${MAX - 1}-`, `bytes ${MAX - 1}-${MAX - 1}/${MAX}`, '1'],
  [`bytes=-1`, `bytes ${MAX - 1}-${MAX - 1}/${MAX}`, '1'],
  [`bytes=0-${MAX}`, `bytes 0-${MAX - 1}/${MAX}`, String(MAX)],
  [`bytes=1-`, `bytes 1-${MAX - 1}/${MAX}`, String(MAX - 1)],
  [`bytes=-${MAX}`, `bytes 0-${MAX - 1}/${MAX}`, String(MAX)],
])('is exact near 2^53: %s', (field, contentRange, contentLength) => {
  const { status, headers } = planRange(field, MAX)
  expect(status).toBe(206)
  expect(headers['Content-Range']).toBe(contentRange)
  expect(headers['Content-Length']).toBe(contentLength)
})

it('answers a position at 2^53 - 1 of as many bytes with 416', () => {
  expect(planRange(`bytes=${MAX}-`, MAX).status).toBe(416)
})

it('sends the whole representation if a multipart body would be longer than 2^53 - 1', () => {
  expect(planRange('bytes=0-10,121-', MAX, { boundary: 'b' })).toMatchObject({
    status: 200,
    headers: { 'Content-Length': String(MAX) },
  })
  expect(planRange('bytes=0-10,300-', MAX, { boundary: 'b' }).status).toBe(206)
})

it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
  'throws for a length of %d',
  (completeLength) => {
    expect(() => planRange('bytes=0-0', completeLength)).toThrow(
      new RangeError(`completeLength must be an integer from 0 to 2^53 - 1, not ${completeLength}`),
    )
    expect(() => planRange(undefined, completeLength)).toThrow(RangeError)
  },
)

it('selects what slicing the bytes selects, for any range of any bytes', () => {
  const spec = fc.tuple(fc.nat({ max: 320 }), fc.nat({ max: 320 }), fc.constantFrom('int', 'open', 'suffix'))
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), spec, (data, [a, b, kind]) => {
      const [first, last] = [Math.min(a, b), Math.max(a, b)]
      const field = { int: `${first}-${last}`, open: `${first}-`, suffix: `-${first}` }[kind]
      const slice = {
        int: data.slice(first, last + 1),
        open: data.slice(first),
        suffix: data.slice(-first),
      }[kind]
      const expected = kind === 'suffix' && first === 0 ? new Uint8Array() : slice
      const { ranges, status } = planRange(`bytes=${field}`, data.length)
      const sent = ranges.flatMap(({ firstPos, lastPos }) => [...data.slice(firstPos, lastPos + 1)])
      expect(sent).toEqual([...expected])
      expect(status).toBe(expected.length === 0 ? 416 : 206)
    }),
  )
})

import { describe, expect, it } from 'vitest'
import { bodyLength } from '../test/support/segments.ts'
import { OPEN_END } from './byte-range.ts'
import { planRange } from './plan-range.ts'

const planAt = (frontier: number | undefined, field?: string) =>
  planRange(field, undefined, { frontier, boundary: 'b' })

describe('a representation whose length is not known yet', () => {
  it.each([
    ['no field', undefined],
    ['a malformed field', 'bytes=abc'],
    ['another unit', 'seconds=0-4'],
  ])('is sent from its start to its end, without a length, for %s', (_, field) => {
    const range = { firstPos: 0, lastPos: OPEN_END }
    expect(planAt(1000, field)).toEqual({
      status: 200,
      headers: { 'Accept-Ranges': 'bytes' },
      ranges: [range],
      segments: [{ kind: 'range', range }],
    })
  })

  it.each([
    ['bytes=0-', 0],
    ['bytes=500-', 500],
    // The next byte to come, as `tail -f` asks for it.
    ['bytes=1000-', 1000],
    ['bytes=500-9007199254740991', 500],
    [`bytes=500-${'9'.repeat(400)}`, 500],
  ])('follows what is written from a position on: %s', (field, firstPos) => {
    const range = { firstPos, lastPos: OPEN_END }
    expect(planAt(1000, field)).toEqual({
      status: 206,
      headers: { 'Accept-Ranges': 'bytes', 'Content-Range': `bytes ${firstPos}-9007199254740991/*` },
      ranges: [range],
      segments: [{ kind: 'range', range }],
    })
  })

  it.each([
    ['bytes=0-499', '0-499'],
    ['bytes=500-1000', '500-999'],
    ['bytes=500-9007199254740990', '500-999'],
    ['bytes=-10', '990-999'],
    ['bytes=-5000', '0-999'],
    // Of several ranges, none follows.
    ['bytes=0-9,1000-', '0-9'],
    ['bytes=10-,5-', '5-999'],
  ])('has a part of what is there: %s', (field, contentRange) => {
    const { status, headers, segments } = planAt(1000, field)
    expect(status).toBe(206)
    expect(headers['Content-Range']).toBe(`bytes ${contentRange}/*`)
    expect(headers['Content-Length']).toBe(String(bodyLength(segments)))
  })

  it('never has a byte at 2^53 - 1 or past it, however long it is', () => {
    for (const field of ['bytes=9007199254740991-', `bytes=${'9'.repeat(20)}-`]) {
      const { status, headers } = planAt(Number.MAX_SAFE_INTEGER, field)
      expect([status, headers['Content-Range']]).toEqual([416, 'bytes */9007199254740991'])
    }
  })

  it('has several parts of what is there, each without the length', () => {
    const { status, headers, segments } = planAt(1000, 'bytes=0-9,900-')
    expect(status).toBe(206)
    expect(headers['Content-Length']).toBe(String(bodyLength(segments)))
    const text = segments.map((segment) =>
      segment.kind === 'bytes' ? new TextDecoder().decode(segment.bytes) : segment.range.firstPos,
    )
    expect(text.join('')).toBe(
      '--b\r\nContent-Range: bytes 0-9/*\r\n\r\n0\r\n--b\r\nContent-Range: bytes 900-999/*\r\n\r\n900\r\n--b--\r\n',
    )
  })

  it.each([
    [1000, 'bytes=1001-'],
    [1000, 'bytes=1000-1001'],
    [1000, 'bytes=-0'],
    [1000, `bytes=${'9'.repeat(400)}-`],
    [0, 'bytes=0-0'],
    [0, 'bytes=-1'],
  ])('that has %i bytes answers %s with 416 and the length that it has now', (frontier, field) => {
    expect(planAt(frontier, field)).toEqual({
      status: 416,
      headers: { 'Content-Range': `bytes */${frontier}`, 'Content-Length': '0' },
      ranges: [],
      segments: [],
    })
  })

  it('has no bytes yet unless it says how many', () => {
    expect(planAt(undefined, 'bytes=0-')).toEqual(planAt(0, 'bytes=0-'))
    expect(planAt(undefined, 'bytes=1-').status).toBe(416)
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('throws for %d bytes', (frontier) => {
    expect(() => planAt(frontier)).toThrow(RangeError)
  })
})

it('a known length counts as a whole however much of it is there', () => {
  expect(planRange('bytes=500-', 1000, { frontier: 10 }).headers).toEqual({
    'Accept-Ranges': 'bytes',
    'Content-Length': '500',
    'Content-Range': 'bytes 500-999/1000',
  })
})

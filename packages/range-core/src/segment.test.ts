import { expect, it } from 'vitest'
import { type Segment, segmentLength } from './segment.ts'

it.each<[string, Segment, number]>([
  ['no bytes', { kind: 'bytes', bytes: new Uint8Array() }, 0],
  ['bytes', { kind: 'bytes', bytes: new Uint8Array(7) }, 7],
  ['a part of a buffer', { kind: 'bytes', bytes: new Uint8Array(7).subarray(2, 5) }, 3],
  ['a range of one byte', { kind: 'range', range: { firstPos: 9, lastPos: 9 } }, 1],
  ['a range', { kind: 'range', range: { firstPos: 500, lastPos: 999 } }, 500],
])('counts the bytes of %s', (_, segment, length) => {
  expect(segmentLength(segment)).toBe(length)
})

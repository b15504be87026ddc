import { expect, it } from 'vitest'
import { likelyRange } from './likely-range.ts'

const int = (firstPos: number, lastPos?: number) => ({ kind: 'int', firstPos, lastPos })

const likely = (fields: Record<string, string>, method = 'GET') =>
  likelyRange(new Request('http://localhost/film', { method, headers: fields }))

it.each([
  ['no Range: all of it', {}, int(0)],
  ['one range', { Range: 'bytes=5-9' }, int(5, 9)],
  ['one range to the end', { Range: 'bytes=5-' }, int(5)],
  ['a Range outside the grammar, which is ignored', { Range: 'bytes=9-5' }, int(0)],
  ['a Range of another unit, which is ignored', { Range: 'seconds=5-9' }, int(0)],
  ['If-Range, which mostly holds', { Range: 'bytes=5-9', 'If-Range': '"v1"' }, int(5, 9)],
  ['If-Match, which mostly holds', { 'If-Match': '"v1"' }, int(0)],
  ['a suffix, whose place depends on the length', { Range: 'bytes=-5' }, undefined],
  ['several ranges', { Range: 'bytes=0-0,5-9' }, undefined],
  ['If-None-Match', { 'If-None-Match': '"v1"' }, undefined],
  ['If-Modified-Since', { 'If-Modified-Since': 'Thu, 01 Jan 2026 00:00:00 GMT' }, undefined],
])('is guessed from %s', (_, fields, expected) => {
  expect(likely(fields)).toEqual(expected)
})

it('is none for HEAD', () => {
  expect(likely({ Range: 'bytes=5-9' }, 'HEAD')).toBeUndefined()
})

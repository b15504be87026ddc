import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rangesOf } from '../test/support/segments.ts'
import type { ByteRange } from './byte-range.ts'
import { layOutMultipart, type MultipartBody, partOverhead } from './multipart.ts'

const range = (firstPos: number, lastPos: number): ByteRange => ({ firstPos, lastPos })

/** The body as text, of a representation that repeats the alphabet. */
function textOf({ segments }: MultipartBody): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz'.repeat(40)
  return segments
    .map((segment) =>
      segment.kind === 'bytes'
        ? new TextDecoder().decode(segment.bytes)
        : letters.slice(segment.range.firstPos, segment.range.lastPos + 1),
    )
    .join('')
}

describe('layOutMultipart', () => {
  it('puts each range after its own header, between boundary lines', () => {
    const body = layOutMultipart([range(0, 2), range(23, 25)], 26, 'BOUNDARY', 'text/plain')
    expect(textOf(body)).toBe(
      [
        '--BOUNDARY',
        'Content-Type: text/plain',
        'Content-Range: bytes 0-2/26',
        '',
        'abc',
        '--BOUNDARY',
        'Content-Type: text/plain',
        'Content-Range: bytes 23-25/26',
        '',
        'xyz',
        '--BOUNDARY--',
        '',
      ].join('\r\n'),
    )
  })

  it('omits Content-Type if the type is unknown', () => {
    const body = layOutMultipart([range(0, 0), range(25, 25)], 26, 'b')
    expect(textOf(body)).toBe(
      '--b\r\nContent-Range: bytes 0-0/26\r\n\r\na\r\n--b\r\nContent-Range: bytes 25-25/26\r\n\r\nz\r\n--b--\r\n',
    )
  })

  it('names the boundary in the Content-Type of the response', () => {
    expect(layOutMultipart([range(0, 0)], 26, 'b1c2').contentType).toBe('multipart/byteranges; boundary=b1c2')
  })

  it('leaves the ranges as data, in order', () => {
    const ranges = [range(5, 9), range(0, 1)]
    const { segments } = layOutMultipart(ranges, 26, 'b')
    expect(segments.map(({ kind }) => kind)).toEqual(['bytes', 'range', 'bytes', 'range', 'bytes'])
    expect(rangesOf(segments)).toEqual(ranges)
  })

  it('is exactly as long as it reports', () => {
    const anyRange = fc
      .tuple(fc.nat({ max: 500 }), fc.nat({ max: 400 }))
      .map(([at, more]) => range(at, at + more))
    const type = fc.constantFrom(undefined, 'video/mp4', 'text/plain; charset=utf-8', 'x/\u00fc')
    fc.assert(
      fc.property(fc.array(anyRange, { minLength: 1, maxLength: 8 }), type, (ranges, contentType) => {
        const body = layOutMultipart(ranges, 1000, 'some-boundary', contentType)
        expect(new TextEncoder().encode(textOf(body)).byteLength).toBe(body.contentLength)
      }),
    )
  })

  it('writes positions near 2^53 exactly', () => {
    const end = Number.MAX_SAFE_INTEGER
    const body = layOutMultipart([range(0, 0), range(end - 1, end - 1)], end, 'b')
    expect(textOf(body)).toContain(
      'Content-Range: bytes 9007199254740990-9007199254740990/9007199254740991\r\n',
    )
  })

  it.each([
    'text/plain\r\nX-Injected: 1',
    'text/plain\n',
    '\r',
    'a\u0000b',
    'a\u007fb',
    'text/\u0100',
    '\u2028',
  ])('throws for a type that is not a field value: %j', (contentType) => {
    const layOut = () => layOutMultipart([range(0, 0), range(9, 9)], 10, 'b', contentType)
    expect(layOut).toThrow(new TypeError(`Not a media type: ${JSON.stringify(contentType)}`))
  })

  it.each(['text/plain; x="a\tb"', 'text/plain; x="~"', 'text/\u0080\u00ff', ' '])(
    'accepts the type %j',
    (contentType) => {
      expect(textOf(layOutMultipart([range(0, 0)], 10, 'b', contentType))).toContain(
        `Content-Type: ${contentType}\r\n`,
      )
    },
  )
})

describe('partOverhead', () => {
  it('is at least the cost of any part, and at most two bytes more than the costliest', () => {
    const lengthOf = (count: number, at: number) => {
      const ranges = Array.from({ length: count }, () => range(at, at))
      return layOutMultipart(ranges, 100_000, 'boundary', 'video/mp4').contentLength
    }
    const oneMoreAt = (at: number) => lengthOf(3, at) - lengthOf(2, at) - 1
    expect(partOverhead(100_000, 'boundary', 'video/mp4')).toBe(oneMoreAt(99_999) + 2)
    expect(oneMoreAt(0)).toBeLessThan(oneMoreAt(99_999))
  })

  it('grows with the boundary and the type', () => {
    const bare = partOverhead(10, 'b')
    expect(bare).toBe('\r\n--b\r\nContent-Range: bytes 10-10/10\r\n\r\n'.length)
    expect(partOverhead(10, 'bbbb')).toBe(bare + 3)
    expect(partOverhead(10, 'b', 'a/b')).toBe(bare + 'Content-Type: a/b\r\n'.length)
  })
})

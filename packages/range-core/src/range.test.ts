import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRange, type RangeSpec } from './range.ts'

const MAX = Number.MAX_SAFE_INTEGER
const int = (firstPos: number, lastPos?: number): RangeSpec => ({ kind: 'int', firstPos, lastPos })
const suffix = (suffixLength: number): RangeSpec => ({ kind: 'suffix', suffixLength })

describe('a range-spec', () => {
  it.each<[string, RangeSpec]>([
    ['bytes=0-499', int(0, 499)],
    ['bytes=500-999', int(500, 999)],
    ['bytes=9500-', int(9500)],
    ['bytes=0-', int(0)],
    ['bytes=0-0', int(0, 0)],
    ['bytes=7-7', int(7, 7)],
    ['bytes=09-10', int(9, 10)],
    ['bytes=10-011', int(10, 11)],
    ['bytes=-500', suffix(500)],
    ['bytes=-0', suffix(0)],
    ['bytes=-00', suffix(0)],
    ['bytes=-005', suffix(5)],
  ])('is read from %j', (field, spec) => {
    expect(parseRange(field)).toEqual({ kind: 'ranges', specs: [spec] })
  })
})

describe('the unit', () => {
  it.each(['bytes=0-4', 'Bytes=0-4', 'BYTES=0-4', 'bYtEs=0-4'])('is case-insensitive: %j', (field) => {
    expect(parseRange(field)).toEqual({ kind: 'ranges', specs: [int(0, 4)] })
  })

  it.each([
    ['seconds=0-4', 'seconds'],
    ['none=0-4', 'none'],
    ['byte=0-4', 'byte'],
    ['bytess=0-4', 'bytess'],
    ['BITS=', 'BITS'],
    ['x=anything, at all = even this', 'x'],
    ["!#$%&'*+-.^_`|~09AZaz=0-4", "!#$%&'*+-.^_`|~09AZaz"],
  ])('is not bytes in %j', (field, unit) => {
    expect(parseRange(field)).toEqual({ kind: 'other-unit', unit })
  })

  it.each([
    '',
    '=',
    '=0-4',
    'bytes',
    'bytes 0-4',
    'bytes: 0-4',
    'bytes =0-4',
    ' bytes=0-4',
    'by tes=0-4',
    '(bytes)=0-4',
    '"bytes"=0-4',
    'bytes,=0-4',
    'bytés=0-4',
    'seconds =0-4',
    ' seconds=0-4',
    'seconds',
  ])('is missing or malformed, so the field is invalid: %j', (field) => {
    expect(parseRange(field)).toEqual({ kind: 'invalid' })
  })
})

describe('the list', () => {
  // 9110 §14.1.2 has the example `bytes= 0-999, 4500-5499, -1000`, so white space may stand before the first element
  // too, although the list rule (9110 §5.6.1) allows it around commas only.
  it.each<[string, readonly RangeSpec[]]>([
    ['bytes= 0-999, 4500-5499, -1000', [int(0, 999), int(4500, 5499), suffix(1000)]],
    ['bytes= 0-1', [int(0, 1)]],
    ['bytes=\t0-1', [int(0, 1)]],
    ['bytes= \t 0-', [int(0)]],
    ['bytes= -1', [suffix(1)]],
    ['bytes= 0-0 , -1 ', [int(0, 0), suffix(1)]],
  ])('may begin with white space: %j', (field, specs) => {
    expect(parseRange(field)).toEqual({ kind: 'ranges', specs })
  })

  it.each<[string, readonly RangeSpec[]]>([
    ['bytes=0-0,-1', [int(0, 0), suffix(1)]],
    ['bytes=0-0, -1', [int(0, 0), suffix(1)]],
    ['bytes=0-0 ,-1', [int(0, 0), suffix(1)]],
    ['bytes=0-0 \t , \t -1', [int(0, 0), suffix(1)]],
    ['bytes=0-0\t,\t-1', [int(0, 0), suffix(1)]],
    ['bytes=5-,0-1,-2', [int(5), int(0, 1), suffix(2)]],
    ['bytes=,0-0', [int(0, 0)]],
    ['bytes=, 0-0', [int(0, 0)]],
    ['bytes= ,0-0', [int(0, 0)]],
    ['bytes=\t,0-0', [int(0, 0)]],
    ['bytes= , , 0-0', [int(0, 0)]],
    ['bytes=0-0,', [int(0, 0)]],
    ['bytes=0-0, ', [int(0, 0)]],
    ['bytes=0-0 ,', [int(0, 0)]],
    ['bytes=0-0,,1-1', [int(0, 0), int(1, 1)]],
    ['bytes=0-0, ,\t, 1-1', [int(0, 0), int(1, 1)]],
    ['bytes=,,,0-0,,,', [int(0, 0)]],
    ['bytes=9-,', [int(9)]],
    ['bytes=-9,', [suffix(9)]],
    // White space at the end is not part of a field value (9110 §5.5), but a runtime may leave it there.
    ['bytes=0-0 ', [int(0, 0)]],
    ['bytes=0-\t', [int(0)]],
  ])('may have white space and empty elements: %j', (field, specs) => {
    expect(parseRange(field)).toEqual({ kind: 'ranges', specs })
  })

  it.each(['bytes=', 'bytes=,', 'bytes= ', 'bytes=\t', 'bytes= , ', 'bytes=,,,,', 'bytes=, ,\t,'])(
    'is invalid without any range: %j',
    (field) => {
      expect(parseRange(field)).toEqual({ kind: 'invalid' })
    },
  )

  it.each([
    'bytes=0-1 2-3',
    'bytes=0-1 x',
    'bytes= 0-1 2-3',
    'bytes= x',
    'bytes = 0-1',
    'bytes=\n0-1',
    'bytes=\u00a00-1',
    'bytes=0 -1',
    'bytes=0- 1',
    'bytes=- 1',
    'bytes=1 0-20',
    'bytes=0-1;2-3',
    'bytes=0-1\n',
    'bytes=0-1\r\n,2-3',
    'bytes=0-1\u00a0',
    'bytes=0-1,\u00a02-3',
    'bytes=0-1\v',
    'bytes=0-1,\f2-3',
  ])('is invalid with white space or separators elsewhere: %j', (field) => {
    expect(parseRange(field)).toEqual({ kind: 'invalid' })
  })

  it.each([
    'bytes=-',
    'bytes=--1',
    'bytes=0--1',
    'bytes=-1-',
    'bytes=-1-2',
    'bytes=0-1-',
    'bytes=0-1-2',
    'bytes=0',
    'bytes=abc',
    'bytes=a-b',
    'bytes=0-a',
    'bytes=0-1a',
    'bytes=0x0-0x1',
    'bytes=+0-1',
    'bytes=0-+1',
    'bytes=-+1',
    'bytes=1.0-2',
    'bytes=1e1-20',
    'bytes=*',
    'bytes=0-*',
    'bytes=0-1/10',
    'bytes==0-1',
    'bytes=bytes=0-1',
    'bytes=0-1,bytes=2-3',
    'bytes=０-１',
    'bytes=٠-١',
    'bytes=0–1',
    'bytes=0-\u0000',
    'bytes=\u0000',
    // The characters before and after the digits in ASCII.
    'bytes=/-1',
    'bytes=:-1',
    'bytes=0-/',
    'bytes=0-:',
  ])('is invalid with an element that is not a range: %j', (field) => {
    expect(parseRange(field)).toEqual({ kind: 'invalid' })
  })

  it.each(['bytes=0-1,x', 'bytes=x,0-1', 'bytes=0-1,5-4', 'bytes=5-4,0-1', 'bytes=0-1,,-'])(
    'is invalid as a whole if one range is: %j',
    (field) => {
      expect(parseRange(field)).toEqual({ kind: 'invalid' })
    },
  )
})

describe('a position', () => {
  it.each([
    ['9007199254740990', MAX - 1],
    ['9007199254740991', MAX],
    ['9007199254740992', MAX],
    ['9007199254740993', MAX],
    ['18446744073709551616', MAX],
    ['9'.repeat(400), MAX],
    [`${'0'.repeat(400)}7`, 7],
    [`${'0'.repeat(400)}9007199254740993`, MAX],
  ])('saturates, and never rounds: %s', (digits, value) => {
    expect(parseRange(`bytes=${digits}-`)).toEqual({ kind: 'ranges', specs: [int(value)] })
    expect(parseRange(`bytes=0-${digits}`)).toEqual({ kind: 'ranges', specs: [int(0, value)] })
    expect(parseRange(`bytes=-${digits}`)).toEqual({ kind: 'ranges', specs: [suffix(value)] })
  })

  it.each([
    ['5', '4'],
    ['1', '0'],
    ['10', '9'],
    ['9007199254740991', '9007199254740990'],
    ['9007199254740992', '9007199254740991'],
    ['9007199254740993', '9007199254740992'],
    ['18446744073709551616', '18446744073709551615'],
    ['18446744073709551616', '0018446744073709551615'],
    ['0018446744073709551616', '18446744073709551615'],
    [`1${'0'.repeat(400)}`, '9'.repeat(400)],
    [`${'9'.repeat(399)}9`, `${'9'.repeat(399)}8`],
    ['9'.repeat(400), '0'],
  ])('is invalid as a last position less than the first: %s-%s', (first, last) => {
    expect(parseRange(`bytes=${first}-${last}`)).toEqual({ kind: 'invalid' })
  })

  it.each([
    ['4', '5'],
    ['9', '10'],
    ['09', '9'],
    ['9', '09'],
    ['9007199254740991', '9007199254740992'],
    ['9007199254740992', '9007199254740993'],
    ['18446744073709551615', '18446744073709551616'],
    ['18446744073709551615', '0018446744073709551615'],
    ['0018446744073709551615', '18446744073709551615'],
    ['9'.repeat(400), '9'.repeat(400)],
    ['9'.repeat(399), '1'.repeat(400)],
    [`${'9'.repeat(399)}8`, '9'.repeat(400)],
  ])('is valid as a last position not less than the first: %s-%s', (first, last) => {
    expect(parseRange(`bytes=${first}-${last}`)).toMatchObject({ kind: 'ranges', specs: [{ kind: 'int' }] })
  })
})

describe('any field', () => {
  it('gives back the positions it was written with', () => {
    const spec = fc.oneof(
      fc
        .tuple(fc.maxSafeNat(), fc.option(fc.maxSafeNat(), { nil: undefined }))
        .map(([a, b]) => (b === undefined ? int(a) : int(Math.min(a, b), Math.max(a, b)))),
      fc.maxSafeNat().map(suffix),
    )
    const write = (s: RangeSpec) =>
      s.kind === 'int' ? `${s.firstPos}-${s.lastPos ?? ''}` : `-${s.suffixLength}`
    fc.assert(
      fc.property(
        fc.array(spec, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(',', ', ', '\t,', ' ,, '),
        (specs, comma) => {
          expect(parseRange(`bytes=${specs.map(write).join(comma)}`)).toEqual({ kind: 'ranges', specs })
        },
      ),
    )
  })

  it('compares positions of any number of digits as numbers', () => {
    const digits = fc.tuple(fc.nat({ max: 3 }), fc.bigInt({ min: 0n, max: 10n ** 20n }))
    fc.assert(
      fc.property(digits, digits, ([zeros, a], [moreZeros, b]) => {
        const field = `bytes=${'0'.repeat(zeros)}${a}-${'0'.repeat(moreZeros)}${b}`
        expect(parseRange(field).kind).toBe(b < a ? 'invalid' : 'ranges')
      }),
      {
        examples: [
          [
            [0, 2n ** 53n],
            [0, 2n ** 53n - 1n],
          ],
        ],
      },
    )
  })

  it('has an outcome, whatever its text', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffff }), { maxLength: 200 }), (codes) => {
        const text = String.fromCharCode(...codes)
        expect(['ranges', 'invalid', 'other-unit']).toContain(parseRange(text).kind)
        expect(['ranges', 'invalid']).toContain(parseRange(`bytes=${text}`).kind)
      }),
    )
  })
})

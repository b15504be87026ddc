import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ContentCoding, codingReader } from './accepted-codings.ts'

const ALL: readonly ContentCoding[] = ['br', 'zstd', 'gzip']
const read = codingReader(ALL)

describe('codingReader', () => {
  it.each<[string, string | undefined, string]>([
    ['no field', undefined, ''],
    ['an empty field', '', ''],
    ['what browsers send', 'gzip, deflate, br, zstd', 'br zstd gzip'],
    ['what browsers send for media', 'identity;q=1, *;q=0', ''],
    ['one coding', 'gzip', 'gzip'],
    ['a coding in capitals', 'GZip', 'gzip'],
    ['the old name of gzip (§8.4.1.3)', 'x-gzip', 'gzip'],
    ['a coding that is not known', 'deflate, compress, dcb', ''],
    ['weights', 'gzip;q=1.0, zstd;q=0.5, br;q=0.8', 'gzip br zstd'],
    ['weights with spaces and tabs', 'gzip ; q=0.5 ,\tbr;\tq=0.4', 'gzip br'],
    ['equal weights, in the order of the server', 'gzip;q=0.5, br;q=0.5', 'br gzip'],
    ['a coding that is refused', 'gzip;q=0, br', 'br'],
    ['a coding that is refused with decimals', 'gzip;q=0.000, br', 'br'],
    ['everything', '*', 'br zstd gzip'],
    ['everything but one', 'br;q=0, *', 'zstd gzip'],
    ['everything but one, the other way round', '*, br;q=0', 'zstd gzip'],
    ['nothing else', 'gzip, *;q=0', 'gzip'],
    ['nothing at all', '*;q=0', ''],
    ['one coding, before all others', 'gzip, *;q=0.5', 'gzip br zstd'],
    ['identity, refused', 'identity;q=0', ''],
    ['identity, refused, and a coding', 'identity;q=0, gzip;q=0.1', 'gzip'],
    ['identity as good as a coding', 'identity, gzip', 'gzip'],
    ['identity preferred', 'gzip;q=0.5, identity', ''],
    ['identity between two codings', 'br;q=0.1, identity;q=0.5, gzip', 'gzip'],
    ['empty elements', ', gzip,,br ,', 'br gzip'],
    ['a weight that is no number', 'gzip;q=much, br', 'br'],
    ['no list', 'gzip br', ''],
    ['501 characters', 'gzip'.padEnd(501), ''],
    ['500 characters', 'gzip'.padEnd(500), 'gzip'],
  ])('reads %s', (_, field, expected) => {
    expect(read(field).join(' ')).toBe(expected)
    // The second time, it is known.
    expect(read(field).join(' ')).toBe(expected)
  })

  it('gives only the codings that the server has', () => {
    expect(codingReader(['gzip', 'br'])('zstd, br, gzip')).toEqual(['gzip', 'br'])
    expect(codingReader([])('zstd, br, gzip, *')).toEqual([])
  })

  it('never throws, and never gives a coding twice, or one that the field does not allow', () => {
    const piece = fc.constantFrom(
      ...'gzip x-gzip br zstd identity * ; , = q q=0 q=1 0.5 "'.split(' '),
      ' ',
      '\t',
      '\\',
      'é',
    )
    const latin1 = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const field = pieces.join('')
        const codings = read(field)
        expect(new Set(codings).size).toBe(codings.length)
        for (const coding of codings) expect(field.includes(coding) || field.includes('*')).toBe(true)
      }),
      { numRuns: 500 },
    )
    fc.assert(fc.property(fc.string({ unit: latin1, maxLength: 50 }), (field) => void read(field)))
  })

  it('orders weighted codings as a plain sort does', () => {
    const weights = fc.tuple(
      ...ALL.map(() => fc.integer({ min: 0, max: 1000 })),
      fc.integer({ min: 0, max: 1000 }),
    )
    fc.assert(
      fc.property(weights, fc.shuffledSubarray([...ALL, 'identity'], { minLength: 4 }), (numbers, order) => {
        const weightOf = new Map([...ALL, 'identity'].map((name, index) => [name, numbers[index] ?? 0]))
        const field = order
          .map((name) => `${name};q=${((weightOf.get(name) ?? 0) / 1000).toFixed(3)}`)
          .join(', ')
        const identity = weightOf.get('identity') ?? 0
        const expected = ALL.filter((name) => {
          const weight = weightOf.get(name) ?? 0
          return weight > 0 && weight >= identity
        }).sort((a, b) => (weightOf.get(b) ?? 0) - (weightOf.get(a) ?? 0))
        expect(read(field)).toEqual(expected)
      }),
    )
  })

  it('reads any field in less than 20 ms, however it is made', () => {
    const began = performance.now()
    const fields = [',', ';', '"', '*,', 'a,', 'q=', '\\"', ' ', 'gzip;q="\\', 'a;b="x",'].map((piece) =>
      piece.repeat(20_000),
    )
    for (const field of fields) {
      read(field)
      read(field.slice(0, 500))
    }
    expect((performance.now() - began) / fields.length).toBeLessThan(20)
  })

  it('stays right when clients send many different fields', () => {
    for (let weight = 1; weight <= 999; weight++) {
      expect(read(`br;q=0.${String(weight).padStart(3, '0')}, gzip;q=0.5`)[0]).toBe(
        weight < 500 ? 'gzip' : 'br',
      )
    }
    expect(read('gzip')).toEqual(['gzip'])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EntityTag,
  formatEntityTag,
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  weakMatch,
} from './entity-tag.ts'

const strong = (opaque: string): EntityTag => ({ opaque, weak: false })
const weak = (opaque: string): EntityTag => ({ opaque, weak: true })

/** Text that may stand between the quotes (9110 §8.8.3). */
const tagText = fc
  .array(
    fc.oneof(fc.constant(0x21), fc.integer({ min: 0x23, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff })),
    {
      maxLength: 12,
    },
  )
  .map((codes) => String.fromCharCode(...codes))
const anyTag = fc.record({ opaque: tagText, weak: fc.boolean() })

describe('parseEntityTag', () => {
  it.each<[string, EntityTag]>([
    ['"xyzzy"', strong('xyzzy')],
    ['W/"xyzzy"', weak('xyzzy')],
    ['""', strong('')],
    ['W/""', weak('')],
    ['"!"', strong('!')],
    ['"#"', strong('#')],
    ['"~"', strong('~')],
    ['"\u0080\u00ff"', strong('\u0080\u00ff')],
    ['"a,b"', strong('a,b')],
    ['"a\\"', strong('a\\')],
    ['"*"', strong('*')],
    ['"W/"', strong('W/')],
    ['W/"W/"', weak('W/')],
  ])('reads %j', (text, tag) => {
    expect(parseEntityTag(text)).toEqual(tag)
  })

  it.each([
    '',
    '"',
    'W/',
    'W/"',
    'xyzzy',
    'W/xyzzy',
    '"xyzzy',
    'xyzzy"',
    'W/"xyzzy',
    'W/xyzzy"',
    'w/"xyzzy"',
    'W"xyzzy"',
    '/"xyzzy"',
    'W/ "xyzzy"',
    ' "xyzzy"',
    '"xyzzy" ',
    '"xy zzy"',
    '"xy\tzzy"',
    '"xy"zzy"',
    '"a", "b"',
    '"\u001f"',
    '"\u007f"',
    '"\u0100"',
    '"a\nb"',
    '"\u0000"',
    "'xyzzy'",
    '*',
  ])('rejects %j', (text) => {
    expect(parseEntityTag(text)).toBeUndefined()
  })

  it('reads what formatEntityTag writes', () => {
    fc.assert(
      fc.property(anyTag, (tag) => {
        expect(parseEntityTag(formatEntityTag(tag))).toEqual(tag)
      }),
    )
  })
})

describe('parseEntityTagList', () => {
  it.each(['*', ' * ', '\t*\t'])('reads %j as any', (field) => {
    expect(parseEntityTagList(field)).toEqual({ kind: 'any' })
  })

  it.each<[string, readonly EntityTag[]]>([
    ['"a"', [strong('a')]],
    ['"a","b"', [strong('a'), strong('b')]],
    ['"a", W/"b" ,"c"', [strong('a'), weak('b'), strong('c')]],
    ['"a"\t,\t"b"', [strong('a'), strong('b')]],
    ['"a,b", W/"c"', [strong('a,b'), weak('c')]],
    ['",", ","', [strong(','), strong(',')]],
    ['"", W/""', [strong(''), weak('')]],
    ['"a\\", "b"', [strong('a\\'), strong('b')]],
    ['"*"', [strong('*')]],
  ])('reads %j', (field, tags) => {
    expect(parseEntityTagList(field)).toEqual({ kind: 'list', tags })
  })

  it.each([
    [',"a"', 1],
    [', ,"a"', 1],
    ['"a",', 1],
    ['"a" , ,', 1],
    ['"a",, "b"', 2],
    [' "a" ', 1],
    [',', 0],
    ['', 0],
    [' ', 0],
  ])('skips empty elements and white space: %j', (field, count) => {
    const tags = [strong('a'), strong('b')].slice(0, count)
    expect(parseEntityTagList(field)).toEqual({ kind: 'list', tags })
  })

  it.each([
    ['"a", b, "c"', [strong('a')]],
    ['"a" "b"', [strong('a')]],
    ['"a" b', [strong('a')]],
    ['"a"b, "c"', []],
    ['"a", "b"c', [strong('a')]],
    ['"a""b"', []],
    ['"a", *', [strong('a')]],
    ['"a", "b', [strong('a')]],
    ['"a", w/"b"', [strong('a')]],
    ['"a"; "b"', []],
    ['"a"\u00a0, "b"', []],
    ['*, "a"', []],
    ['**', []],
    ['a', []],
    ['"a b"', []],
    ['W/ "a"', []],
  ])('stops at the first malformed element: %j', (field, tags) => {
    expect(parseEntityTagList(field)).toEqual({ kind: 'list', tags })
  })

  it('reads every tag of a list that was written', () => {
    const comma = fc.constantFrom(',', ', ', ' ,', '\t,\t', ', ,')
    fc.assert(
      fc.property(fc.array(anyTag, { minLength: 1, maxLength: 8 }), comma, (tags, separator) => {
        expect(parseEntityTagList(tags.map(formatEntityTag).join(separator))).toEqual({ kind: 'list', tags })
      }),
    )
  })

  it('never throws, and reads only tags that can be written', () => {
    const piece = fc.constantFrom(
      '"',
      'W/',
      ',',
      ' ',
      '\t',
      '*',
      'a',
      '\\',
      '\u0000',
      '\u00ff',
      '\u0100',
      '""',
      '"a"',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const list = parseEntityTagList(pieces.join(''))
        const tags = list.kind === 'any' ? [] : list.tags
        for (const tag of tags) expect(parseEntityTag(formatEntityTag(tag))).toEqual(tag)
        expect(tags.length).toBeLessThanOrEqual(pieces.length)
      }),
    )
  })
})

describe('formatEntityTag', () => {
  it('writes strong and weak tags', () => {
    expect(formatEntityTag(strong('xyzzy'))).toBe('"xyzzy"')
    expect(formatEntityTag(weak('xyzzy'))).toBe('W/"xyzzy"')
    expect(formatEntityTag(strong(''))).toBe('""')
  })

  it.each(['a"b', 'a b', 'a\r\nX: y', '\u007f', '\u0100', '\u0000'])('throws for %j', (opaque) => {
    expect(() => formatEntityTag(strong(opaque))).toThrow(
      new TypeError(`An entity tag cannot contain ${JSON.stringify(opaque)}`),
    )
  })
})

// The table of 9110 §8.8.3.2.
describe.each([
  [weak('1'), weak('1'), false, true],
  [weak('1'), weak('2'), false, false],
  [weak('1'), strong('1'), false, true],
  [strong('1'), weak('1'), false, true],
  [strong('1'), strong('1'), true, true],
  [strong('1'), strong('2'), false, false],
])('%o and %o', (a, b, strongly, weakly) => {
  it(`${strongly ? 'match' : 'do not match'} strongly`, () => expect(strongMatch(a, b)).toBe(strongly))
  it(`${weakly ? 'match' : 'do not match'} weakly`, () => expect(weakMatch(a, b)).toBe(weakly))
})

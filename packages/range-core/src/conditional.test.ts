import { describe, expect, it } from 'vitest'
import { evaluatePreconditions, ifRangeHolds, type Verdict } from './conditional.ts'
import type { Validators } from './validators.ts'

const NOW = Date.UTC(2026, 5, 15, 12)
/** Long ago, with milliseconds; fields carry the whole second. */
const MODIFIED = new Date(Date.UTC(2020, 0, 2, 3, 4, 5, 678))
const BEFORE = 'Thu, 02 Jan 2020 03:04:04 GMT'
const EXACTLY = 'Thu, 02 Jan 2020 03:04:05 GMT'
const AFTER = 'Thu, 02 Jan 2020 03:04:06 GMT'

const tagged: Validators = { etag: { opaque: 'a', weak: false }, lastModified: MODIFIED }
const weaklyTagged: Validators = { etag: { opaque: 'a', weak: true }, lastModified: MODIFIED }
const dated: Validators = { lastModified: MODIFIED }
const unknown: Validators = {}
/** Changed half a second ago: it may change again within the same second. */
const fresh: Validators = { lastModified: new Date(NOW - 500) }
const FRESH_DATE = new Date(NOW - 500).toUTCString()

type Row = readonly [title: string, fields: Record<string, string>, validators: Validators, verdict: Verdict]

function table(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    it.each(rows)('%s', (_, fields, validators, verdict) => {
      expect(evaluatePreconditions(new Headers(fields), validators, NOW)).toBe(verdict)
    })
  })
}

table('no precondition', [['proceeds', {}, tagged, 'proceed']])

table('If-Match', [
  ['proceeds with the same strong tag', { 'If-Match': '"a"' }, tagged, 'proceed'],
  ['proceeds with a list with the same tag', { 'If-Match': '"x", "a"' }, tagged, 'proceed'],
  ['proceeds with *', { 'If-Match': '*' }, tagged, 'proceed'],
  ['proceeds with * even if no tag is known', { 'If-Match': '*' }, unknown, 'proceed'],
  ['fails with another tag', { 'If-Match': '"b"' }, tagged, 'failed'],
  ['fails with a list of other tags', { 'If-Match': '"b", "c"' }, tagged, 'failed'],
  ['compares strongly: fails with the same tag, but weak', { 'If-Match': 'W/"a"' }, tagged, 'failed'],
  [
    'compares strongly: fails if the representation has a weak tag',
    { 'If-Match': '"a"' },
    weaklyTagged,
    'failed',
  ],
  ['compares strongly: fails even if both are weak', { 'If-Match': 'W/"a"' }, weaklyTagged, 'failed'],
  ['fails if no tag is known', { 'If-Match': '"a"' }, dated, 'failed'],
  ['fails if it is malformed', { 'If-Match': 'a' }, tagged, 'failed'],
  ['fails if it is empty', { 'If-Match': '' }, tagged, 'failed'],
  ['is case-sensitive', { 'If-Match': '"A"' }, tagged, 'failed'],
])

table('If-Unmodified-Since', [
  ['proceeds with the date itself', { 'If-Unmodified-Since': EXACTLY }, dated, 'proceed'],
  ['proceeds with a later date', { 'If-Unmodified-Since': AFTER }, dated, 'proceed'],
  ['fails with an earlier date', { 'If-Unmodified-Since': BEFORE }, dated, 'failed'],
  ['counts as rfc850-date', { 'If-Unmodified-Since': 'Thursday, 02-Jan-20 03:04:04 GMT' }, dated, 'failed'],
  ['counts as asctime-date', { 'If-Unmodified-Since': 'Thu Jan  2 03:04:04 2020' }, dated, 'failed'],
  ['is ignored with an invalid date', { 'If-Unmodified-Since': '2020-01-01' }, dated, 'proceed'],
  ['is ignored with several dates', { 'If-Unmodified-Since': `${BEFORE}, ${BEFORE}` }, dated, 'proceed'],
  ['is ignored if no date is known', { 'If-Unmodified-Since': BEFORE }, unknown, 'proceed'],
  ['counts for a date that is not strong yet', { 'If-Unmodified-Since': AFTER }, fresh, 'failed'],
  [
    'is ignored next to an If-Match that holds',
    { 'If-Match': '"a"', 'If-Unmodified-Since': BEFORE },
    tagged,
    'proceed',
  ],
  [
    'is ignored next to an If-Match that does not hold',
    { 'If-Match': '"b"', 'If-Unmodified-Since': AFTER },
    tagged,
    'failed',
  ],
])

table('If-None-Match', [
  ['matches the same tag', { 'If-None-Match': '"a"' }, tagged, 'not-modified'],
  ['matches the same tag in a list', { 'If-None-Match': '"x", "a"' }, tagged, 'not-modified'],
  ['compares weakly: matches the same tag, but weak', { 'If-None-Match': 'W/"a"' }, tagged, 'not-modified'],
  [
    'compares weakly: matches a weak tag of the representation',
    { 'If-None-Match': '"a"' },
    weaklyTagged,
    'not-modified',
  ],
  ['compares weakly: matches if both are weak', { 'If-None-Match': 'W/"a"' }, weaklyTagged, 'not-modified'],
  ['matches any representation with *', { 'If-None-Match': '*' }, tagged, 'not-modified'],
  [
    'matches any representation with *, even if no tag is known',
    { 'If-None-Match': '*' },
    unknown,
    'not-modified',
  ],
  ['proceeds with another tag', { 'If-None-Match': '"b"' }, tagged, 'proceed'],
  ['proceeds if no tag is known', { 'If-None-Match': '"a"' }, dated, 'proceed'],
  ['proceeds if it is malformed', { 'If-None-Match': 'a' }, tagged, 'proceed'],
])

table('If-Modified-Since', [
  ['matches the date itself', { 'If-Modified-Since': EXACTLY }, dated, 'not-modified'],
  ['matches a later date', { 'If-Modified-Since': AFTER }, dated, 'not-modified'],
  ['proceeds with an earlier date', { 'If-Modified-Since': BEFORE }, dated, 'proceed'],
  [
    'counts as rfc850-date',
    { 'If-Modified-Since': 'Thursday, 02-Jan-20 03:04:05 GMT' },
    dated,
    'not-modified',
  ],
  ['counts as asctime-date', { 'If-Modified-Since': 'Thu Jan  2 03:04:05 2020' }, dated, 'not-modified'],
  ['is ignored with an invalid date', { 'If-Modified-Since': 'yesterday' }, dated, 'proceed'],
  ['is ignored if no date is known', { 'If-Modified-Since': AFTER }, unknown, 'proceed'],
  ['is ignored for a date that is not strong yet', { 'If-Modified-Since': FRESH_DATE }, fresh, 'proceed'],
  [
    'is ignored next to an If-None-Match that does not match',
    { 'If-None-Match': '"b"', 'If-Modified-Since': EXACTLY },
    tagged,
    'proceed',
  ],
  [
    'is ignored next to an If-None-Match that matches',
    { 'If-None-Match': '"a"', 'If-Modified-Since': BEFORE },
    tagged,
    'not-modified',
  ],
])

table('the order of 9110 §13.2.2', [
  [
    'evaluates If-Match before If-None-Match',
    { 'If-Match': '"b"', 'If-None-Match': '"a"' },
    tagged,
    'failed',
  ],
  [
    'evaluates If-None-Match if If-Match holds',
    { 'If-Match': '"a"', 'If-None-Match': '"a"' },
    tagged,
    'not-modified',
  ],
  [
    'evaluates If-Unmodified-Since before If-None-Match',
    { 'If-Unmodified-Since': BEFORE, 'If-None-Match': '"a"' },
    tagged,
    'failed',
  ],
  [
    'evaluates If-None-Match if If-Unmodified-Since holds',
    { 'If-Unmodified-Since': EXACTLY, 'If-None-Match': '"a"' },
    tagged,
    'not-modified',
  ],
  [
    'evaluates If-Unmodified-Since before If-Modified-Since',
    { 'If-Unmodified-Since': BEFORE, 'If-Modified-Since': AFTER },
    dated,
    'failed',
  ],
  [
    'evaluates If-Modified-Since if If-Unmodified-Since holds',
    { 'If-Unmodified-Since': EXACTLY, 'If-Modified-Since': EXACTLY },
    dated,
    'not-modified',
  ],
  [
    'evaluates If-Match before If-Modified-Since',
    { 'If-Match': '"b"', 'If-Modified-Since': AFTER },
    tagged,
    'failed',
  ],
  [
    'evaluates If-Modified-Since if If-Match holds',
    { 'If-Match': '"a"', 'If-Modified-Since': AFTER },
    tagged,
    'not-modified',
  ],
])

describe('If-Range', () => {
  it('lets Range count if it is absent', () => {
    expect(ifRangeHolds(new Headers(), unknown, NOW)).toBe(true)
  })

  it.each<[string, string, Validators]>([
    ['the same strong tag', '"a"', tagged],
    ['exactly the date', EXACTLY, dated],
    ['exactly the date, as rfc850-date', 'Thursday, 02-Jan-20 03:04:05 GMT', dated],
    ['exactly the date, as asctime-date', 'Thu Jan  2 03:04:05 2020', dated],
    ['exactly the date, if the tag is weak', EXACTLY, weaklyTagged],
  ])('lets Range count with %s', (_, field, validators) => {
    expect(ifRangeHolds(new Headers({ 'If-Range': field }), validators, NOW)).toBe(true)
  })

  it.each<[string, string, Validators]>([
    ['another tag', '"b"', tagged],
    ['the same tag, but weak', 'W/"a"', tagged],
    ['a weak tag of the representation', '"a"', weaklyTagged],
    ['both tags weak', 'W/"a"', weaklyTagged],
    ['a tag, if none is known', '"a"', dated],
    ['a list of tags', '"a", "b"', tagged],
    ['*', '*', tagged],
    ['an earlier date', BEFORE, dated],
    ['a later date', AFTER, dated],
    ['a date, if none is known', EXACTLY, unknown],
    ['a date that is not strong yet', FRESH_DATE, fresh],
    ['an invalid date', 'yesterday', dated],
    ['an invalid date, if none is known', 'yesterday', unknown],
    ['a malformed tag', '"a', tagged],
    ['an empty value', '', tagged],
  ])('ignores Range with %s', (_, field, validators) => {
    expect(ifRangeHolds(new Headers({ 'If-Range': field }), validators, NOW)).toBe(false)
  })
})

it('reads fields by lower-case name from anything with a get method', () => {
  const fields = new Map([['if-none-match', '"a"']])
  expect(evaluatePreconditions(fields, tagged, NOW)).toBe('not-modified')
  expect(ifRangeHolds(fields, tagged, NOW)).toBe(true)
  expect(ifRangeHolds({ get: () => null }, tagged, NOW)).toBe(true)
  expect(evaluatePreconditions({ get: () => null }, tagged, NOW)).toBe('proceed')
})

import { describe, expect, it } from 'vitest'
import { evaluatePreconditions, ifRangeHolds, type Verdict } from './conditional.ts'
import type { Validators } from './validators.ts'

const NOW = Date.UTC(2026, 5, 15, 12)
/** A modification with milliseconds, long ago; fields name its whole second. */
const MODIFIED = new Date(Date.UTC(2020, 0, 2, 3, 4, 5, 678))
const BEFORE = 'Thu, 02 Jan 2020 03:04:04 GMT'
const EXACTLY = 'Thu, 02 Jan 2020 03:04:05 GMT'
const AFTER = 'Thu, 02 Jan 2020 03:04:06 GMT'

const tagged: Validators = { etag: { opaque: 'a', weak: false }, lastModified: MODIFIED }
const weaklyTagged: Validators = { etag: { opaque: 'a', weak: true }, lastModified: MODIFIED }
const dated: Validators = { lastModified: MODIFIED }
const unknown: Validators = {}
/** Changed half a second ago: it may change again under the same date. */
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
  ['proceeds at the same strong tag', { 'If-Match': '"a"' }, tagged, 'proceed'],
  ['proceeds at a list with the same tag', { 'If-Match': '"x", "a"' }, tagged, 'proceed'],
  ['proceeds at *', { 'If-Match': '*' }, tagged, 'proceed'],
  ['proceeds at * without any tag known', { 'If-Match': '*' }, unknown, 'proceed'],
  ['fails at another tag', { 'If-Match': '"b"' }, tagged, 'failed'],
  ['fails at a list of others', { 'If-Match': '"b", "c"' }, tagged, 'failed'],
  ['compares strongly: fails at the same tag, but weak', { 'If-Match': 'W/"a"' }, tagged, 'failed'],
  [
    'compares strongly: fails if the representation has a weak tag',
    { 'If-Match': '"a"' },
    weaklyTagged,
    'failed',
  ],
  ['compares strongly: fails even where both are weak', { 'If-Match': 'W/"a"' }, weaklyTagged, 'failed'],
  ['fails without any tag known', { 'If-Match': '"a"' }, dated, 'failed'],
  ['fails where it is malformed', { 'If-Match': 'a' }, tagged, 'failed'],
  ['fails where it is empty', { 'If-Match': '' }, tagged, 'failed'],
  ['distinguishes case', { 'If-Match': '"A"' }, tagged, 'failed'],
])

table('If-Unmodified-Since', [
  ['proceeds at the very date', { 'If-Unmodified-Since': EXACTLY }, dated, 'proceed'],
  ['proceeds at a later date', { 'If-Unmodified-Since': AFTER }, dated, 'proceed'],
  ['fails at an earlier date', { 'If-Unmodified-Since': BEFORE }, dated, 'failed'],
  ['counts in rfc850-date', { 'If-Unmodified-Since': 'Thursday, 02-Jan-20 03:04:04 GMT' }, dated, 'failed'],
  ['counts in asctime-date', { 'If-Unmodified-Since': 'Thu Jan  2 03:04:04 2020' }, dated, 'failed'],
  ['is ignored with an invalid date', { 'If-Unmodified-Since': '2020-01-01' }, dated, 'proceed'],
  ['is ignored with several dates', { 'If-Unmodified-Since': `${BEFORE}, ${BEFORE}` }, dated, 'proceed'],
  ['is ignored without a date known', { 'If-Unmodified-Since': BEFORE }, unknown, 'proceed'],
  ['counts for a date that is not strong yet', { 'If-Unmodified-Since': AFTER }, fresh, 'failed'],
  [
    'is ignored beside If-Match that holds',
    { 'If-Match': '"a"', 'If-Unmodified-Since': BEFORE },
    tagged,
    'proceed',
  ],
  [
    'is ignored beside If-Match that does not',
    { 'If-Match': '"b"', 'If-Unmodified-Since': AFTER },
    tagged,
    'failed',
  ],
])

table('If-None-Match', [
  ['finds the same tag', { 'If-None-Match': '"a"' }, tagged, 'not-modified'],
  ['finds the same tag in a list', { 'If-None-Match': '"x", "a"' }, tagged, 'not-modified'],
  ['compares weakly: finds the same tag, but weak', { 'If-None-Match': 'W/"a"' }, tagged, 'not-modified'],
  ['compares weakly: finds a weak tag', { 'If-None-Match': '"a"' }, weaklyTagged, 'not-modified'],
  [
    'compares weakly: finds a weak tag by a weak one',
    { 'If-None-Match': 'W/"a"' },
    weaklyTagged,
    'not-modified',
  ],
  ['finds anything by *', { 'If-None-Match': '*' }, tagged, 'not-modified'],
  ['finds anything by *, without any tag known', { 'If-None-Match': '*' }, unknown, 'not-modified'],
  ['proceeds at another tag', { 'If-None-Match': '"b"' }, tagged, 'proceed'],
  ['proceeds without any tag known', { 'If-None-Match': '"a"' }, dated, 'proceed'],
  ['proceeds where it is malformed', { 'If-None-Match': 'a' }, tagged, 'proceed'],
])

table('If-Modified-Since', [
  ['finds the very date', { 'If-Modified-Since': EXACTLY }, dated, 'not-modified'],
  ['finds a later date', { 'If-Modified-Since': AFTER }, dated, 'not-modified'],
  ['proceeds at an earlier date', { 'If-Modified-Since': BEFORE }, dated, 'proceed'],
  [
    'counts in rfc850-date',
    { 'If-Modified-Since': 'Thursday, 02-Jan-20 03:04:05 GMT' },
    dated,
    'not-modified',
  ],
  ['counts in asctime-date', { 'If-Modified-Since': 'Thu Jan  2 03:04:05 2020' }, dated, 'not-modified'],
  ['is ignored with an invalid date', { 'If-Modified-Since': 'yesterday' }, dated, 'proceed'],
  ['is ignored without a date known', { 'If-Modified-Since': AFTER }, unknown, 'proceed'],
  [
    'promises nothing of a date that is not strong yet',
    { 'If-Modified-Since': FRESH_DATE },
    fresh,
    'proceed',
  ],
  [
    'is ignored beside If-None-Match that finds nothing',
    { 'If-None-Match': '"b"', 'If-Modified-Since': EXACTLY },
    tagged,
    'proceed',
  ],
  [
    'is ignored beside If-None-Match that finds the tag',
    { 'If-None-Match': '"a"', 'If-Modified-Since': BEFORE },
    tagged,
    'not-modified',
  ],
])

table('the order of 13.2.2', [
  ['asks If-Match before If-None-Match', { 'If-Match': '"b"', 'If-None-Match': '"a"' }, tagged, 'failed'],
  [
    'asks If-None-Match where If-Match holds',
    { 'If-Match': '"a"', 'If-None-Match': '"a"' },
    tagged,
    'not-modified',
  ],
  [
    'asks If-Unmodified-Since before If-None-Match',
    { 'If-Unmodified-Since': BEFORE, 'If-None-Match': '"a"' },
    tagged,
    'failed',
  ],
  [
    'asks If-None-Match where If-Unmodified-Since holds',
    { 'If-Unmodified-Since': EXACTLY, 'If-None-Match': '"a"' },
    tagged,
    'not-modified',
  ],
  [
    'asks If-Unmodified-Since before If-Modified-Since',
    { 'If-Unmodified-Since': BEFORE, 'If-Modified-Since': AFTER },
    dated,
    'failed',
  ],
  [
    'asks If-Modified-Since where If-Unmodified-Since holds',
    { 'If-Unmodified-Since': EXACTLY, 'If-Modified-Since': EXACTLY },
    dated,
    'not-modified',
  ],
  [
    'asks If-Match before If-Modified-Since',
    { 'If-Match': '"b"', 'If-Modified-Since': AFTER },
    tagged,
    'failed',
  ],
  [
    'asks If-Modified-Since where If-Match holds',
    { 'If-Match': '"a"', 'If-Modified-Since': AFTER },
    tagged,
    'not-modified',
  ],
])

describe('If-Range', () => {
  it('lets Range count where it is absent', () => {
    expect(ifRangeHolds(new Headers(), unknown, NOW)).toBe(true)
  })

  it.each<[string, string, Validators]>([
    ['the same strong tag', '"a"', tagged],
    ['exactly the date', EXACTLY, dated],
    ['exactly the date, as rfc850-date', 'Thursday, 02-Jan-20 03:04:05 GMT', dated],
    ['exactly the date, as asctime-date', 'Thu Jan  2 03:04:05 2020', dated],
    ['exactly the date of something with a weak tag', EXACTLY, weaklyTagged],
  ])('lets Range count with %s', (_, field, validators) => {
    expect(ifRangeHolds(new Headers({ 'If-Range': field }), validators, NOW)).toBe(true)
  })

  it.each<[string, string, Validators]>([
    ['another tag', '"b"', tagged],
    ['the same tag, but weak', 'W/"a"', tagged],
    ['a weak tag of the representation', '"a"', weaklyTagged],
    ['both of them weak', 'W/"a"', weaklyTagged],
    ['a tag where none is known', '"a"', dated],
    ['a list of tags', '"a", "b"', tagged],
    ['any', '*', tagged],
    ['an earlier date', BEFORE, dated],
    ['a later date', AFTER, dated],
    ['a date where none is known', EXACTLY, unknown],
    ['a date that is not strong yet', FRESH_DATE, fresh],
    ['an invalid date', 'yesterday', dated],
    ['an invalid date where none is known', 'yesterday', unknown],
    ['a malformed tag', '"a', tagged],
    ['nothing in it', '', tagged],
  ])('ignores Range with %s', (_, field, validators) => {
    expect(ifRangeHolds(new Headers({ 'If-Range': field }), validators, NOW)).toBe(false)
  })
})

it('reads fields from anything that has them by their lower-case names', () => {
  const fields = new Map([['if-none-match', '"a"']])
  expect(evaluatePreconditions(fields, tagged, NOW)).toBe('not-modified')
  expect(ifRangeHolds(fields, tagged, NOW)).toBe(true)
  expect(ifRangeHolds({ get: () => null }, tagged, NOW)).toBe(true)
  expect(evaluatePreconditions({ get: () => null }, tagged, NOW)).toBe('proceed')
})

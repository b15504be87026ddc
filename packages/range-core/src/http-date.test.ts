import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHttpDate, parseHttpDate } from './http-date.ts'

const NOW = Date.UTC(2026, 5, 15, 12)
const seconds = (...date: Parameters<typeof Date.UTC>) => Date.UTC(...date) / 1000

describe('parseHttpDate', () => {
  it.each([
    ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['rfc850-date', 'Sunday, 06-Nov-94 08:49:37 GMT'],
    ['asctime-date', 'Sun Nov  6 08:49:37 1994'],
  ])('reads an %s', (_, text) => {
    expect(parseHttpDate(text, NOW)).toBe(784_111_777)
  })

  it.each([
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Wed, 31 Dec 1969 23:59:59 GMT', -1],
    ['Tue, 19 Jan 2038 03:14:08 GMT', 2 ** 31],
    ['Sat, 29 Feb 2020 23:59:59 GMT', seconds(2020, 1, 29, 23, 59, 59)],
    ['Tue, 29 Feb 2000 00:00:00 GMT', seconds(2000, 1, 29)],
    ['Fri, 31 Dec 9999 23:59:59 GMT', seconds(9999, 11, 31, 23, 59, 59)],
    ['Mon, 01 Jan 0001 00:00:00 GMT', -62_135_596_800],
    ['Sun Nov 16 08:49:37 1994', seconds(1994, 10, 16, 8, 49, 37)],
    ['Sun Nov 06 08:49:37 1994', 784_111_777],
  ])('reads %s', (text, time) => {
    expect(parseHttpDate(text, NOW)).toBe(time)
  })

  it.each([
    ['Mon', 'Jan'],
    ['Tue', 'Feb'],
    ['Wed', 'Mar'],
    ['Thu', 'Apr'],
    ['Fri', 'May'],
    ['Sat', 'Jun'],
    ['Sun', 'Jul'],
    ['Sun', 'Aug'],
    ['Sun', 'Sep'],
    ['Sun', 'Oct'],
    ['Sun', 'Nov'],
    ['Sun', 'Dec'],
  ])('reads the names %s and %s', (day, month) => {
    const date = new Date(`${month} 2 2023 03:04:05 GMT`).getTime() / 1000
    expect(parseHttpDate(`${day}, 02 ${month} 2023 03:04:05 GMT`, NOW)).toBe(date)
    expect(parseHttpDate(`${day} ${month}  2 03:04:05 2023`, NOW)).toBe(date)
  })

  it.each(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])(
    'reads the name %s',
    (day) => {
      expect(parseHttpDate(`${day}, 06-Nov-94 08:49:37 GMT`, NOW)).toBe(784_111_777)
    },
  )

  it.each([
    ['Fri, 30 Jun 2023 23:59:60 GMT', seconds(2023, 6, 1)],
    ['Sun, 31 Dec 2023 23:59:60 GMT', seconds(2024, 0, 1)],
  ])('reads a leap second as the second after it: %s', (text, time) => {
    expect(parseHttpDate(text, NOW)).toBe(time)
  })

  it.each([
    ['00', 2000],
    ['25', 2025],
    ['26', 2026],
    ['27', 2027],
    ['75', 2075],
    ['77', 1977],
    ['94', 1994],
    ['99', 1999],
  ])('reads the year %s as %i in 2026', (year, expected) => {
    expect(parseHttpDate(`Sunday, 06-Nov-${year} 08:49:37 GMT`, NOW)).toBe(
      seconds(expected, 10, 6, 8, 49, 37),
    )
  })

  it('reads a two-digit year as past only if it would be more than 50 years ahead', () => {
    expect(parseHttpDate('Monday, 15-Jun-76 12:00:00 GMT', NOW)).toBe(seconds(2076, 5, 15, 12))
    expect(parseHttpDate('Monday, 15-Jun-76 12:00:01 GMT', NOW)).toBe(seconds(1976, 5, 15, 12, 0, 1))
    expect(parseHttpDate('Monday, 14-Jun-76 23:59:59 GMT', NOW)).toBe(seconds(2076, 5, 14, 23, 59, 59))
  })

  it('takes the century from the clock by default', () => {
    const year = new Date().getUTCFullYear()
    const text = `Sunday, 06-Nov-${String(year).slice(2)} 08:49:37 GMT`
    expect(parseHttpDate(text)).toBe(seconds(year, 10, 6, 8, 49, 37))
  })

  it.each([
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 32 Dec 1994 08:49:37 GMT',
    'Sun, 29 Feb 2023 08:49:37 GMT',
    'Sun, 29 Feb 1900 08:49:37 GMT',
    'Sun, 30 Feb 2020 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sunday, 31-Nov-94 08:49:37 GMT',
    'Sun Nov 31 08:49:37 1994',
    'Sun Nov  0 08:49:37 1994',
  ])('rejects a day or time that does not exist: %s', (text) => {
    expect(parseHttpDate(text, NOW)).toBeUndefined()
  })

  it.each([
    '',
    '0',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 gmt',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37.5 GMT',
    'Sun, 06 Nov 1994 8:49:37 GMT',
    'Sun, 06 Nov 1994 08:49 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun,  6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 Nov 11994 08:49:37 GMT',
    'Sun 06 Nov 1994 08:49:37 GMT',
    'Sun, 06-Nov-1994 08:49:37 GMT',
    'sun, 06 Nov 1994 08:49:37 GMT',
    'SUN, 06 NOV 1994 08:49:37 GMT',
    'Sun, 06 nov 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Foo, 06 Nov 1994 08:49:37 GMT',
    '06 Nov 1994 08:49:37 GMT',
    'Sunday, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sunday, 06-Nov-1994 08:49:37 GMT',
    'Sunday, 6-Nov-94 08:49:37 GMT',
    'sunday, 06-Nov-94 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37',
    'XSunday, 06-Nov-94 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMTX',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov   6 08:49:37 1994',
    'Sun Nov  6 08:49:37 94',
    'Sun Nov  6 08:49:37 1994 GMT',
    'XSun Nov  6 08:49:37 1994',
    'Sun Nov  6 08:49:37 19945',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT\n',
    'Sun, ٠٦ Nov 1994 08:49:37 GMT',
  ])('rejects what is in none of the three formats: %j', (text) => {
    expect(parseHttpDate(text, NOW)).toBeUndefined()
  })

  it('never throws', () => {
    const text = fc.array(
      fc.constantFrom('Sun', ', ', '06', '-', ' ', 'Nov', '1994', '99', ':', ' GMT', '\u0000'),
    )
    fc.assert(
      fc.property(text, (pieces) => {
        expect(['number', 'undefined']).toContain(typeof parseHttpDate(pieces.join(''), NOW))
      }),
    )
  })
})

describe('formatHttpDate', () => {
  it('writes IMF-fixdate', () => {
    expect(formatHttpDate(784_111_777_000)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  })

  it.each([
    [784_111_777_999, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [784_111_777_000.9, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [-1, 'Wed, 31 Dec 1969 23:59:59 GMT'],
  ])('rounds %d ms down to a whole second', (time, text) => {
    expect(formatHttpDate(time)).toBe(text)
  })

  it('writes what parseHttpDate reads', () => {
    const time = fc.integer({ min: Date.UTC(1000, 0) / 1000, max: seconds(9999, 11, 31, 23, 59, 59) })
    fc.assert(
      fc.property(time, (at) => {
        expect(parseHttpDate(formatHttpDate(at * 1000), NOW)).toBe(at)
      }),
    )
  })
})

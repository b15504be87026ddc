import { describe, expect, it } from 'vitest'
import { formatDate, parseImfDate } from './http-date.ts'

describe('parseImfDate', () => {
  it('reads what formatDate writes as IMF-fixdate', () => {
    const date = new Date('2031-12-01T23:59:58Z')
    expect(parseImfDate(formatDate(date, 'imf'))).toEqual(date)
  })

  it.each(['2024-02-29', 'Thu Feb 29 00:00:00 2024', undefined])('is undefined for %j', (text) => {
    expect(parseImfDate(text)).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import {
  formatAgo,
  formatDuration,
  formatSize,
  formatTotal,
  hueOf,
  isoTime,
  pageLink,
  placeOf,
} from './format.ts'

describe('figures for people', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [1_234_567, '1.23 MB'],
    [9_995_000_000, '10.0 GB'],
    [5e18, '5000 PB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatSize(bytes)).toBe(text))

  it.each([
    [0, '0:00'],
    [59.99, '0:59'],
    [600, '10:00'],
    [3725.9, '1:02:05'],
    [Number.NaN, '0:00'],
    [Number.POSITIVE_INFINITY, '0:00'],
    [-1, '0:00'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))

  it.each([
    [0, 'just now'],
    [59, 'just now'],
    [60, '1 minute ago'],
    [3 * 3600, '3 hours ago'],
    [86_400, 'yesterday'],
    [-86_400, 'tomorrow'],
    [20 * 86_400, '2 weeks ago'],
    [400 * 86_400, 'last year'],
    [3000 * 86_400, '8 years ago'],
  ])('%d seconds back is %s', (seconds, text) => expect(formatAgo(-seconds * 1000, 0)).toBe(text))

  it('counts items and matches', () => {
    expect([formatTotal(1, false), formatTotal(20_000, false)]).toEqual(['1 item', '20,000 items'])
    expect([formatTotal(1, true), formatTotal(0, true)]).toEqual(['1 match', '0 matches'])
    expect(formatTotal(12, true, true)).toBe('12 matches in the part that was searched')
    expect(formatTotal(12, false, true)).toBe('12 items, and more that are not listed')
  })

  it('has no time for what no calendar holds', () => {
    expect([isoTime(0), isoTime(9e15), isoTime(Number.NaN)]).toEqual(['1970-01-01T00:00:00.000Z', '', ''])
  })

  it.each([
    ['a.mp4', '', ''],
    ['films/a.mp4', 'films', ''],
    ['films/a.mp4', '', 'in films'],
    ['films/1999/x/a.mp4', 'films', 'in 1999/x'],
  ])('%s, found in %j, is %j', (key, folder, place) => expect(placeOf(key, folder)).toBe(place))

  it('links to players in the order of the list', () => {
    const [file, signed] = ['watch/a.mp4', 'watch/a.mp4?grant=x'] as const
    expect(pageLink({ kind: 'video', page: file }, 'title')).toBe(file)
    expect(pageLink({ kind: 'video', page: file }, '-size')).toBe(`${file}?sort=-size`)
    expect(pageLink({ kind: 'video', page: signed }, 'size')).toBe(`${signed}&sort=size`)
    expect(pageLink({ kind: 'folder', page: 'browse/a/' }, '-size')).toBe('browse/a/')
  })

  it('has twelve colours', () => {
    const hues = new Set(Array.from({ length: 500 }, (_, index) => hueOf(`film ${index}\u{1F600}`)))
    expect([...hues].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index))
    expect(hueOf('film')).toBe(hueOf('film'))
  })
})

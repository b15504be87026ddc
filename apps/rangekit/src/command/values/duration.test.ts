import { expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

it.each([
  ['30', 30],
  ['90s', 90],
  ['500ms', 0.5],
  ['1.5m', 90],
  ['2h', 7200],
  ['7d', 604_800],
])('parses %s as %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

it.each(['', 's', '-1s', '1w', '1 h', '2h30m', 'Infinity', '1e3'])('rejects %j', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

import { expect, it } from 'vitest'
import { describeSize, parseSize } from './size.ts'

it.each([
  ['0', 0],
  ['512', 512],
  ['512B', 512],
  ['512KiB', 524_288],
  ['256MiB', 268_435_456],
  ['256mib', 268_435_456],
  ['1.5GiB', 1_610_612_736],
  ['10GB', 10_000_000_000],
  ['10kB', 10_000],
  ['10M', 10_000_000],
  ['1.5g', 1_500_000_000],
  ['2TiB', 2_199_023_255_552],
])('parses %s as %d bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

it.each([
  '',
  'MiB',
  '-1',
  '1Mi',
  '1MBB',
  '1Mbit',
  '10 GB',
  '1e9',
  '0x10',
  'Infinity',
  '1iB',
  '9'.repeat(20),
  '9999999TiB',
])('rejects %j', (text) => {
  expect(parseSize(text)).toBeUndefined()
})

it.each([
  [268_435_456, '256 MiB'],
  [10 * 2 ** 30, '10 GiB'],
  [1536 * 2 ** 20, '1,536 MiB'],
  [10_000_000_000, '10 GB'],
  [1000, '1 kB'],
  [1001, '1,001 bytes'],
  [0, '0 bytes'],
])('writes %d bytes as %s', (bytes, text) => {
  expect(describeSize(bytes)).toBe(text)
})

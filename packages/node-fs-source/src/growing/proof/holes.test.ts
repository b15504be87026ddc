import { describe, expect, it } from 'vitest'
import { looksLikeHole, mayHaveHoles } from './holes.ts'

describe('mayHaveHoles', () => {
  it.each([
    [0n, 0n, false],
    [4096n, 8n, false],
    [4097n, 16n, false],
    [4097n, 8n, true],
    [1n, 0n, true],
  ])('of %d bytes in %d blocks is %s', (size, blocks, expected) => {
    expect(mayHaveHoles({ size, blocks })).toBe(expected)
  })
})

describe('looksLikeHole', () => {
  /** Ones, with zeros in a part. */
  const ones = (length: number, from: number, to: number) => new Uint8Array(length).fill(1).fill(0, from, to)

  it.each([
    ['a page', 0, ones(12288, 4096, 8192), true],
    ['a page behind a part of one', 4000, ones(12288, 96, 4192), true],
    ['the part of a page at the start', 4000, ones(12288, 0, 96), true],
    ['the part of a page at the end', 0, ones(4100, 4096, 4100), true],
    ['everything', 10, new Uint8Array(10), true],
    ['nothing', 0, ones(12288, 0, 0), false],
    ['as much as a page, but parts of two', 0, ones(12288, 4095, 8191), false],
    ['no bytes at all', 0, new Uint8Array(0), false],
  ])('where zeros are %s, from %i on', (_, position, bytes, expected) => {
    expect(looksLikeHole(bytes, position)).toBe(expected)
  })
})

import type { BigIntStats } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fileValidators, isSettled } from './file-validators.ts'

const NOW = 1_800_000_000_000

/** The stats of a file that was changed so many milliseconds before now. */
function statsOf(age: number, { size = 1000n, nanoseconds = 123_456n } = {}): BigIntStats {
  const mtimeMs = BigInt(NOW - age)
  return { mtimeMs, mtimeNs: mtimeMs * 1_000_000n + nanoseconds, size } as BigIntStats
}

const tagAt = (age: number, options?: Parameters<typeof statsOf>[1]) =>
  fileValidators(statsOf(age, options), NOW).etag

describe('the tag of a file', () => {
  it('is its modification time in nanoseconds and its length', () => {
    const mtimeNs = BigInt(NOW - 5000) * 1_000_000n + 123_456n
    expect(tagAt(5000)).toEqual({ opaque: `${mtimeNs.toString(36)}-${1000n.toString(36)}`, weak: false })
  })

  it('differs where a nanosecond or a byte does', () => {
    const tags = [
      tagAt(5000),
      tagAt(5000, { nanoseconds: 123_457n }),
      tagAt(5000, { size: 1001n }),
      tagAt(5001),
    ]
    expect(new Set(tags.map((tag) => tag?.opaque)).size).toBe(4)
  })

  it('depends on nothing else, so that copies on two machines have the same', () => {
    const elsewhere = {
      ...statsOf(5000),
      ino: 77n,
      dev: 5n,
      ctimeNs: 9n,
      uid: 1000n,
      mode: 0o644n,
    } as BigIntStats
    expect(fileValidators(elsewhere, NOW + 60_000)).toEqual(fileValidators(statsOf(5000), NOW))
  })

  it.each([
    [1000, false],
    [1001, false],
    [86_400_000, false],
    [999, true],
    [50, true],
    // Copied from a machine whose clock is ahead.
    [-999, true],
    [-1000, false],
  ])('of a file changed %i ms ago is weak: %s', (age, weak) => {
    expect(tagAt(age)?.weak).toBe(weak)
    expect(tagAt(age)?.opaque).toBe(tagAt(age)?.opaque)
  })

  it.each([0, 1, 49, -49])('matches nothing, not even itself, within the tick of the clock: %i ms', (age) => {
    expect(tagAt(age)?.weak).toBe(true)
    expect(tagAt(age)?.opaque).not.toBe(tagAt(age)?.opaque)
    expect(tagAt(age)?.opaque).toMatch(/^[0-9a-z]+-[0-9a-z]+-[0-9a-f-]{36}$/)
  })

  it('matches nothing within a second where times are whole seconds', () => {
    const stamp = (age: number) => {
      const mtimeMs = BigInt(NOW)
      return fileValidators({ mtimeMs, mtimeNs: mtimeMs * 1_000_000n, size: 5n } as BigIntStats, NOW + age)
        .etag
    }
    for (const age of [0, 50, 999]) {
      expect(stamp(age)?.weak).toBe(true)
      expect(stamp(age)?.opaque).not.toBe(stamp(age)?.opaque)
    }
    expect(stamp(1000)).toEqual({ opaque: `${(BigInt(NOW) * 1_000_000n).toString(36)}-5`, weak: false })
  })
})

it('tells when the file was changed, in milliseconds', () => {
  expect(fileValidators(statsOf(5000), NOW).lastModified).toEqual(new Date(NOW - 5000))
})

describe('isSettled', () => {
  it.each([
    [2000, true],
    [1999, false],
    [0, false],
    [-1999, false],
    [-2000, true],
  ])('of a file changed %i ms ago is %s', (age, settled) => {
    expect(isSettled(statsOf(age), NOW)).toBe(settled)
  })
})

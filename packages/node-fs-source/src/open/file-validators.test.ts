import type { BigIntStats } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fileValidators, isSettled } from './file-validators.ts'

const NOW = 1_800_000_000_000

/** The stats of a file that was changed this many milliseconds before now. */
function statsOf(age: number, { size = 1000n, nanoseconds = 123_456n } = {}): BigIntStats {
  const mtimeMs = BigInt(NOW - age)
  return { mtimeMs, mtimeNs: mtimeMs * 1_000_000n + nanoseconds, size } as BigIntStats
}

const tagAt = (age: number, options?: Parameters<typeof statsOf>[1]) =>
  fileValidators(statsOf(age, options), NOW).etag

describe('the entity tag of a file', () => {
  it('is the modification time in nanoseconds and the length', () => {
    const mtimeNs = BigInt(NOW - 5000) * 1_000_000n + 123_456n
    expect(tagAt(5000)).toEqual({ opaque: `${mtimeNs.toString(36)}-${1000n.toString(36)}`, weak: false })
  })

  it('differs when a nanosecond or a byte does', () => {
    const tags = [
      tagAt(5000),
      tagAt(5000, { nanoseconds: 123_457n }),
      tagAt(5000, { size: 1001n }),
      tagAt(5001),
    ]
    expect(new Set(tags.map((tag) => tag?.opaque)).size).toBe(4)
  })

  it('depends on nothing else, so copies on two machines have the same', () => {
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
    [50, false],
    [51, false],
    [999, false],
    [86_400_000, false],
    [49, true],
    [0, true],
    // Copied from a machine whose clock is ahead, or stamped before the clock was set back.
    [-49, true],
    [-50, false],
    [-3_600_000, false],
  ])('of a file changed %i ms ago is weak: %s', (age, weak) => {
    expect(tagAt(age)?.weak).toBe(weak)
  })

  it.each([50, 1000, -50])('stays the same once it is strong: %i ms', (age) => {
    expect(tagAt(age)?.opaque).toBe(tagAt(age)?.opaque)
  })

  it.each([0, 1, 49, -49])('matches nothing, not even itself, within the tick of the clock: %i ms', (age) => {
    expect(tagAt(age)?.weak).toBe(true)
    expect(tagAt(age)?.opaque).not.toBe(tagAt(age)?.opaque)
    expect(tagAt(age)?.opaque).toMatch(/^[0-9a-z]+-[0-9a-z]+-[0-9a-f-]{36}$/)
  })

  it.each([
    ['where times are whole seconds, as on some file systems', 0, false],
    ['where another machine stamps files by its own clock', 123, true],
  ])('matches nothing for two seconds and a tick %s', (_, milliseconds, remote) => {
    const mtimeMs = BigInt(NOW + milliseconds)
    const file = { mtimeMs, mtimeNs: mtimeMs * 1_000_000n, size: 5n }
    const stamp = (age: number) => fileValidators(file, NOW + milliseconds + age, remote).etag
    for (const age of [0, 50, 999, 2049, -2049]) {
      expect(stamp(age)?.weak).toBe(true)
      expect(stamp(age)?.opaque).not.toBe(stamp(age)?.opaque)
    }
    for (const age of [2050, -2050]) {
      expect(stamp(age)).toEqual({ opaque: `${file.mtimeNs.toString(36)}-5`, weak: false })
    }
  })

  it('treats times in whole milliseconds, as Deno reports them, as precise', () => {
    expect(tagAt(51, { nanoseconds: 0n })?.weak).toBe(false)
    expect(tagAt(49, { nanoseconds: 0n })?.weak).toBe(true)
  })
})

it('gives Last-Modified in milliseconds', () => {
  expect(fileValidators(statsOf(5000), NOW).lastModified).toEqual(new Date(NOW - 5000))
})

describe('isSettled', () => {
  it.each([
    [50, true],
    [49, false],
    [0, false],
    [-49, false],
    [-50, true],
  ])('of a file changed %i ms ago is %s', (age, settled) => {
    expect(isSettled(statsOf(age), NOW)).toBe(settled)
    expect(tagAt(age)?.weak).toBe(!settled)
  })
})

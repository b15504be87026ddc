import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { describe, expect, it, vi } from 'vitest'
import type { WholeFile } from '../whole-files.ts'
import { readMedia } from './read-media.ts'

const clock = readFileSync(join(SAMPLES, 'Clock__7f3a91c2-5d1e-4b8a.mp4'))

/** A film in memory that counts the bytes that are read of it. */
function film(bytes: Uint8Array, completeLength = bytes.byteLength) {
  const read = { bytes: 0 }
  const representation: WholeFile = {
    completeLength,
    contentType: 'video/mp4',
    async read({ firstPos, lastPos }) {
      read.bytes += lastPos - firstPos + 1
      return Uint8Array.from(bytes.subarray(firstPos, lastPos + 1))
    },
    close() {},
  }
  return { representation, read }
}

/** A film in which some bytes of the head are others. */
function damaged(seed: number): Uint8Array {
  const bytes = Uint8Array.from(clock)
  for (let count = 1; count <= 40; count++) {
    bytes[(seed * 7919 + count * 104_729) % 20_000] = (seed * 31 + count * 89) % 256
  }
  return bytes
}

describe('readMedia', () => {
  it('reads the duration and size of a film from a part of it', async () => {
    const { representation, read } = film(clock)
    const { duration, width, height, picture } = await readMedia(representation, undefined)
    expect(duration).toBeCloseTo(30, 0)
    expect([width, height, picture]).toEqual([expect.any(Number), expect.any(Number), undefined])
    expect(read.bytes).toBeLessThan(clock.byteLength / 2)
  })

  it('knows nothing of a file that is too much to read, cut off, empty or something else', async () => {
    expect(await readMedia(film(clock).representation, undefined, { maxBytes: 1000 })).toEqual({})
    expect(await readMedia(film(clock.subarray(0, 3000)).representation, undefined)).toEqual({})
    expect(await readMedia(film(clock.subarray(0, 3000), 1e9).representation, undefined)).toEqual({})
    expect(await readMedia(film(new Uint8Array()).representation, undefined)).toEqual({})
    expect(await readMedia(film(new Uint8Array(100_000)).representation, undefined)).toEqual({})
  })

  it('ends the parser where a damaged file keeps it busy, and reads the next file', async () => {
    // Some of these make the parser run for ever.
    for (let seed = 1; seed <= 8; seed++) {
      await readMedia(film(damaged(seed)).representation, undefined, { timeout: 300 })
    }
    const { duration } = await readMedia(film(clock).representation, undefined)
    expect(duration).toBeCloseTo(30, 0)
  })

  it('ends when the server stops, with what is known by then, and begins nothing more', async () => {
    const server = new AbortController()
    const stalled = { ...film(clock).representation, read: () => new Promise<never>(() => {}) }
    const limits = { stopping: server.signal }
    const busy = readMedia(film(damaged(4)).representation, undefined, limits)
    await new Promise((resolve) => setTimeout(resolve, 200))
    server.abort()
    await busy
    expect(await readMedia(stalled, undefined, limits)).toEqual({})
  })

  it('ends when its client leaves, once no read is under way', async () => {
    const client = new AbortController()
    const reading = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
    const read = vi.fn(() => reading.promise)
    const stalled = { ...film(clock).representation, read }
    let isOver = false
    const result = readMedia(stalled, client.signal).finally(() => {
      isOver = true
    })
    await vi.waitFor(() => expect(read).toHaveBeenCalled(), { timeout: 30_000 })
    client.abort()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(isOver).toBe(false)
    reading.resolve(new Uint8Array(1))
    await expect(result).rejects.toThrow(/abort/i)
  })
})

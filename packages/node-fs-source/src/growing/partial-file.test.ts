import {
  closeSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import {
  expectFilm,
  FILM,
  growingFolder,
  LENGTH,
  NAME,
  OTHER,
  READERS,
  REST,
  readAll,
  stillWaits,
  streamAll,
} from '../../test/support/growing.ts'

describe.each(READERS)('a partial file read %s', (_, read) => {
  it('is served with its final length, from a file that tells it', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(1000)
    const representation = await film.open()
    expect([representation.completeLength, representation.isComplete, representation.frontier]).toEqual([
      LENGTH,
      false,
      1000,
    ])
    expect([representation.contentType, representation.lastModified, representation.etag?.weak]).toEqual([
      'video/mp4',
      undefined,
      false,
    ])
    const reading = read(representation)
    for (const to of [1001, 5000, 90_000]) {
      await sleep(20)
      film.grow(to)
    }
    await stillWaits(reading)
    expect(representation.frontier).toBe(90_000)
    film.grow()
    expectFilm(await reading)
    expect(representation.isComplete).toBe(true)
  })

  it('counts as open until its last reader is done', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(1000)
    const [one, other] = [await film.open(), await film.open()]
    expect(film.source.openFiles).toBe(1)
    await one.close()
    expect(film.source.openFiles).toBe(1)
    film.grow()
    expectFilm(await read(other))
    await vi.waitFor(() => expect(film.source.openFiles).toBe(0))
  })

  it('of unknown length is read until it has its final name', async () => {
    const film = growingFolder(true)
    film.grow(1000)
    const representation = await film.open()
    expect([representation.completeLength, representation.cacheControl]).toEqual([undefined, 'no-store'])
    const reading = read(representation, REST)
    film.grow(50_000)
    await stillWaits(reading)
    film.grow()
    film.finish()
    expectFilm(await reading)
    expect(representation.isComplete).toBe(true)
  })

  it.each([NAME, 'another.mkv'])('goes on when it is renamed to %s', async (name) => {
    const film = growingFolder()
    film.declare()
    film.grow(70_000)
    const reading = read(await film.open())
    await sleep(30)
    film.grow()
    renameSync(film.part, film.at(name))
    expectFilm(await reading)
  })

  it('breaks when its writer ends early', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(70_000)
    const reading = read(await film.open())
    await stillWaits(reading)
    film.finish()
    await expect(reading).rejects.toThrow(`The writer ended after 70000 of ${LENGTH} bytes`)
    const now = await film.open()
    expect([now.completeLength, now.isComplete]).toEqual([70_000, undefined])
    await now.close()
  })

  it('is never longer than declared', async () => {
    const film = growingFolder()
    film.declare(1000)
    film.grow(900)
    const reading = read(await film.open(), { firstPos: 0, lastPos: 999 })
    film.grow(5000)
    expectFilm(await reading, 0, 1000)
  })

  it.each([0, 30_000])('breaks when it is cut to %i bytes', async (length) => {
    const film = growingFolder()
    film.declare()
    film.grow(70_000)
    const reading = read(await film.open())
    await stillWaits(reading)
    truncateSync(film.part, length)
    await expect(reading).rejects.toThrow('The file was cut while it was written')
  })

  it('breaks when it is written anew between two looks', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(70_000)
    const representation = await film.open()
    const tag = representation.etag?.opaque
    const reading = read(representation)
    await stillWaits(reading)
    truncateSync(film.part)
    film.grow(120_000, film.part, OTHER)
    await expect(reading).rejects.toThrow('The file was cut while it was written')
    expect(await film.tag()).not.toBe(tag)
  })

  it('breaks when it is removed', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(70_000)
    const reading = read(await film.open())
    await stillWaits(reading)
    film.drop()
    await expect(reading).rejects.toThrow('The file was removed while it was written')
    expect(await film.source.open(NAME)).toBeUndefined()
  })

  it('breaks when another one takes its place, and requests get that', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(70_000)
    const reading = read(await film.open())
    const tag = await film.tag()
    await stillWaits(reading)
    film.grow(100_000, film.at('other'), OTHER)
    renameSync(film.at('other'), film.part)
    await expect(reading).rejects.toThrow('The file was removed while it was written')
    const next = await film.open()
    expect(next.frontier).toBe(100_000)
    expect(next.etag?.opaque).not.toBe(tag)
    film.grow(LENGTH, film.part, OTHER)
    expect(Buffer.compare(await read(next), OTHER)).toBe(0)
  })

  it('fails where its writer stalls, but may go on after that', async () => {
    const film = growingFolder({ timeout: 1000 })
    film.declare()
    film.grow(70_000)
    const [early, late] = [await film.open(), await film.open()]
    await expect(read(early)).rejects.toThrow('No byte was written for 1000 ms')
    const reading = read(late)
    film.grow()
    expectFilm(await reading)
  })
})

describe('a partial file', () => {
  it.each([
    ['.part', '.part.length'],
    ['.crdownload', '.crdownload.length'],
  ])('may be called %s', async (suffix, sidecar) => {
    const film = growingFolder()
    writeFileSync(film.at(NAME + sidecar), `${LENGTH}`)
    film.grow(1000, film.at(NAME + suffix))
    const representation = await film.open()
    expect([representation.completeLength, representation.frontier]).toEqual([LENGTH, 1000])
    const reading = readAll(representation)
    film.grow(LENGTH, film.at(NAME + suffix))
    film.finish(film.at(NAME + suffix))
    expectFilm(await reading)
  })

  it('is not served if growing files are not wanted', async () => {
    const film = growingFolder(false)
    film.declare()
    film.grow(1000)
    expect(await film.source.open(NAME)).toBeUndefined()
  })

  it('does not replace a file that has its name', async () => {
    const film = growingFolder()
    film.put(NAME, 'whole')
    film.declare()
    film.grow(1000)
    const representation = await film.open()
    expect([representation.completeLength, representation.isComplete]).toEqual([5, undefined])
    await representation.close()
  })

  it('may be empty', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(0)
    const reading = readAll(await film.open())
    await stillWaits(reading)
    film.grow()
    expectFilm(await reading)
  })

  it('may stay empty', async () => {
    const film = growingFolder()
    film.declare(0)
    film.grow(0)
    const whole = await film.open()
    expect([whole.completeLength, whole.isComplete]).toEqual([0, true])
    await whole.close()
    await expect.poll(film.openDescriptors).toBe(0)
    rmSync(`${film.part}.length`)
    const representation = await film.open()
    const reading = readAll(representation, REST)
    await stillWaits(reading)
    film.finish()
    expect(await reading).toHaveLength(0)
    expect(representation.isComplete).toBe(true)
  })

  it.each(['', 'rubbish', '-1', '1.5', '0x10', '99999999999999999999', '1'.repeat(100)])(
    'has an unknown length if its sidecar says %j',
    async (text) => {
      const film = growingFolder()
      film.declare(text)
      film.grow(1000)
      const representation = await film.open()
      expect(representation.completeLength).toBeUndefined()
      await representation.close()
    },
  )

  it('has its length from the sidecar as soon as that is there, for the next requests', async () => {
    const film = growingFolder()
    film.grow(1000)
    const before = await film.open()
    const reading = readAll(before, REST)
    film.declare()
    await film.tag()
    const after = await film.open()
    expect([before.completeLength, after.completeLength]).toEqual([undefined, LENGTH])
    expect(after.etag).not.toEqual(before.etag)
    const readingAfter = streamAll(after)
    film.grow()
    film.finish()
    expectFilm(await reading)
    expectFilm(await readingAfter)
  })

  it.each<[string, () => number | Promise<number>]>([
    ['a function', () => LENGTH],
    ['an async function', async () => LENGTH],
  ])('has its length from %s where no sidecar tells it', async (_, length) => {
    const lengthOf = vi.fn(length)
    const film = growingFolder({ lengthOf })
    film.grow(1000)
    const representation = await film.open()
    expect(representation.completeLength).toBe(LENGTH)
    expect(lengthOf.mock.calls).toEqual([[NAME]])
    await representation.close()
    await expect.poll(film.openDescriptors).toBe(0)
    film.declare(2000)
    const declared = await film.open()
    expect(declared.completeLength).toBe(2000)
    await declared.close()
  })

  it('that gets its final name while its length is looked for has that of the complete file', async () => {
    const film = growingFolder({ lengthOf: () => void film.finish() })
    film.grow()
    const representation = await film.open()
    expect(representation).toMatchObject({ completeLength: LENGTH })
    expect(representation.isComplete).not.toBe(false)
    await representation.close()
  })

  it.each([Number.NaN, -1, 1.5, 2 ** 53])('refuses %d as a length', async (length) => {
    const film = growingFolder({ lengthOf: () => length })
    film.grow(1000)
    await expect(film.source.open(NAME)).rejects.toThrow(RangeError)
  })

  it('that ends in zeros is not served: it may have been given its length from the start', async () => {
    const film = growingFolder()
    film.grow(90_000)
    const fd = openSync(film.part, 'r+')
    // As `fallocate` does: all blocks are there.
    writeSync(fd, new Uint8Array(10_000), 0, 10_000, 90_000)
    closeSync(fd)
    expect(await film.source.open(NAME)).toBeUndefined()
  })

  it('with holes gives no zeros in their place', async () => {
    const film = growingFolder()
    film.declare()
    const fd = openSync(film.part, 'w')
    writeSync(fd, FILM, 0, 8192, 0)
    writeSync(fd, FILM, 40_960, 50_000, 40_960)
    const representation = await film.open()
    expectFilm(await readAll(await film.open(), { firstPos: 0, lastPos: 8191 }), 0, 8192)
    expectFilm(await readAll(await film.open(), { firstPos: 50_000, lastPos: 60_000 }), 50_000, 10_001)
    for (const firstPos of [8000, 8192, 9000, 30_000, 40_000]) {
      const reading = readAll(await film.open(), { firstPos, lastPos: 50_000 })
      await expect(reading).rejects.toThrow('The file has holes where bytes may still be to come')
    }
    writeSync(fd, FILM, 8192, 40_960 - 8192, 8192)
    film.grow()
    closeSync(fd)
    expectFilm(await readAll(representation))
  })

  it('is read past 4 GiB', async () => {
    const far = 2 ** 32 + 5
    const tail = FILM.subarray(4, 90_000)
    const film = growingFolder({
      of: (_, { size }) => ({ completeLength: far + tail.byteLength, frontier: size }),
    })
    const fd = openSync(film.part, 'w')
    ftruncateSync(fd, far)
    const reading = readAll(await film.open(), { firstPos: far - 10, lastPos: far + tail.byteLength - 1 })
    await stillWaits(reading)
    writeSync(fd, tail, 0, 1000, far)
    await sleep(60)
    writeSync(fd, tail, 1000, tail.byteLength - 1000, far + 1000)
    closeSync(fd)
    const bytes = await reading
    expect(bytes.subarray(0, 10).every((byte) => byte === 0)).toBe(true)
    expect(Buffer.compare(bytes.subarray(10), tail)).toBe(0)
  })

  it('is read by as many as want to, wherever they are', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(50_000)
    const ranges = [0, 49_999, 50_000, 99_000, LENGTH - 1].map((firstPos) => ({
      firstPos,
      lastPos: LENGTH - 1,
    }))
    const readers = await Promise.all(
      [...ranges, ...ranges].map(async (range) => ({ range, representation: await film.open() })),
    )
    expect(film.openDescriptors()).toBe(1)
    const readings = readers.map(async ({ range, representation }) =>
      expectFilm(await readAll(representation, range), range.firstPos),
    )
    film.grow()
    await Promise.all(readings)
  })

  it('is left by a reader that gives up, and goes on for the others', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(50_000)
    const leaving = new AbortController()
    const left = readAll(await film.open(), undefined, leaving.signal)
    const representation = await film.open()
    const stream = await representation.read({ firstPos: 60_000, lastPos: 70_000 })
    if (!(stream instanceof ReadableStream)) throw new Error('Not a stream')
    const reader = stream.getReader()
    const pending = reader.read()
    const stays = readAll(await film.open())
    await stillWaits(left)
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await reader.cancel()
    expect((await pending).done).toBe(true)
    await representation.close()
    film.grow()
    expectFilm(await stays)
  })

  it('gives nothing to a reader that has closed it', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(50_000)
    const representation = await film.open()
    const waiting = representation.whenThere?.(60_000)
    await representation.close()
    await representation.close()
    await expect(waiting).rejects.toThrow('The file is closed')
    await expect(representation.whenThere?.(0)).rejects.toThrow('Read after close')
    await expect(representation.readInto?.(new Uint8Array(1), 0)).rejects.toThrow('Read after close')
  })
})

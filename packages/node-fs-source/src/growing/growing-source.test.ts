import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { OPEN_END } from '@rangekit/range-core'
import { LONG_AGO, makeFolder } from '@rangekit/test-kit/folder'
import { describe, expect, it, vi } from 'vitest'
import {
  expectFilm,
  FILM,
  growingFolder,
  NAME,
  OTHER,
  READERS,
  readAll,
  streamAll,
} from '../../test/support/growing.ts'
import type { GrowthFacts } from './growing-options.ts'

const { byteLength: LENGTH } = FILM
const REST = { firstPos: 0, lastPos: OPEN_END }
/** Nothing should happen in this time. */
const A_MOMENT = 120

/** Rejects if anything happens within a moment. */
async function stillWaits(reading: Promise<unknown>): Promise<void> {
  const first = await Promise.race([reading.then(() => 'ended', String), sleep(A_MOMENT, 'waits')])
  expect(first).toBe('waits')
}

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

describe('the tag of a file that grows', () => {
  it('stays the same while it grows, and when it is complete, whatever its date then', async () => {
    const film = growingFolder()
    film.declare()
    const tags: (string | undefined)[] = []
    for (const to of [0, 1, 1000, 90_000, LENGTH]) {
      film.grow(to)
      tags.push(await film.tag())
    }
    film.finish()
    tags.push(await film.tag())
    utimesSync(film.at(NAME), LONG_AGO, LONG_AGO)
    tags.push(await film.tag(), await film.tag())
    expect(new Set(tags).size).toBe(1)
  })

  it('stays the same if nobody looked when it became complete', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(1000)
    const tag = await film.tag()
    film.grow()
    film.finish()
    expect(await film.tag()).toBe(tag)
  })

  it.each<[string, (path: string) => void]>([
    ['is changed', (path) => writeFileSync(path, OTHER)],
    [
      'is changed, and gets an early date',
      (path) => {
        writeFileSync(path, OTHER)
        utimesSync(path, 1, 1)
      },
    ],
    ['gets a later date', (path) => utimesSync(path, 2 ** 31, 2 ** 31)],
    ['gets an early date twice', (path) => utimesSync(path, 1, 1)],
    ['is longer', (path) => writeFileSync(path, 'more', { flag: 'a' })],
    ['is shorter', (path) => truncateSync(path, 10)],
  ])('changes if the complete file %s', async (_, change) => {
    const film = growingFolder()
    film.declare()
    film.grow()
    const tag = await film.tag()
    film.finish()
    expect(await film.tag()).toBe(tag)
    utimesSync(film.at(NAME), LONG_AGO, LONG_AGO)
    expect(await film.tag()).toBe(tag)
    change(film.at(NAME))
    expect(await film.tag()).not.toBe(tag)
  })

  it('changes if its head is written once more before it is complete, and who reads it goes on', async () => {
    const film = growingFolder()
    film.grow(1000)
    const tag = await film.tag()
    film.grow(90_000)
    const representation = await film.open()
    const reading = readAll(representation, REST)
    const file = openSync(film.part, 'r+')
    writeSync(file, 'length', 2000)
    closeSync(file)
    film.finish()
    expectFilm((await reading).subarray(2006), 2006, 90_000 - 2006)
    expect(await film.tag()).not.toBe(tag)
  })

  it.each([
    ['it is written anew', 100_000],
    ['it is written anew, but not as far', 500],
  ])('changes if %s while nobody reads it', async (_, to) => {
    const film = growingFolder()
    film.declare()
    film.grow(1000)
    const tag = await film.tag()
    truncateSync(film.part)
    film.grow(to, film.part, OTHER)
    expect(await film.tag()).not.toBe(tag)
  })

  it('changes with the length that it is said to have', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(1000)
    const tag = await film.tag()
    await expect.poll(film.openDescriptors).toBe(0)
    film.declare(LENGTH - 1)
    expect(await film.tag()).not.toBe(tag)
  })
})

describe('a callback', () => {
  const facts = (): GrowthFacts => ({ completeLength: LENGTH, frontier: 1000 })

  it.each<[string, () => GrowthFacts | Promise<GrowthFacts>]>([
    ['', facts],
    [' that is async', async () => facts()],
  ])('tells how far a file is%s', async (_, of) => {
    const film = growingFolder({ of })
    film.put(NAME, new Uint8Array(LENGTH))
    const representation = await film.open()
    expect([representation.completeLength, representation.frontier]).toEqual([LENGTH, 1000])
    const leaving = new AbortController()
    const reading = readAll(representation, { firstPos: 1000, lastPos: 1000 }, leaving.signal)
    await stillWaits(reading)
    leaving.abort(new Error('left'))
    await expect(reading).rejects.toThrow('left')
  })

  it('is asked again as the file changes, with its size, and ends it', async () => {
    let frontier: number | undefined = 1000
    const of = vi.fn((key: string) =>
      key === NAME && frontier !== undefined ? { completeLength: LENGTH, frontier } : undefined,
    )
    const film = growingFolder(of)
    film.put(NAME, new Uint8Array(LENGTH))
    const fd = openSync(film.at(NAME), 'r+')
    const write = (from: number, to: number) => writeSync(fd, FILM, from, to - from, from)
    write(0, 1000)
    const reading = readAll(await film.open())
    for (const to of [2000, 100_000]) {
      write(frontier, to)
      frontier = to
      await sleep(10)
    }
    await stillWaits(reading)
    write(frontier, LENGTH)
    frontier = undefined
    closeSync(fd)
    utimesSync(film.at(NAME), LONG_AGO, LONG_AGO)
    expectFilm(await reading)
    expect(of.mock.calls.every(([key]) => key === NAME)).toBe(true)
    expect(of).toHaveBeenLastCalledWith(NAME, {
      size: LENGTH,
      modified: Math.trunc(LONG_AGO.getTime() - 0.5),
    })
  })

  it('that takes back what it has said of a file does not change what is there', async () => {
    let frontier = 5000
    const film = growingFolder({ of: () => ({ completeLength: LENGTH, frontier }) })
    film.put(NAME, FILM)
    const [first, second] = [await film.open(), await film.open()]
    frontier = 1000
    expectFilm(await readAll(await film.open(), { firstPos: 0, lastPos: 4999 }), 0, 5000)
    expect(first.frontier).toBe(5000)
    await first.close()
    await second.close()
  })

  it('that fails before the file is open is a fault, and then breaks its readers', async () => {
    let fault: Error | undefined = new Error('no facts')
    const film = growingFolder({
      of: async () => {
        if (fault) throw fault
        return facts()
      },
    })
    film.put(NAME, FILM)
    await expect(film.source.open(NAME)).rejects.toThrow('no facts')
    fault = undefined
    const reading = readAll(await film.open())
    fault = new Error('no more facts')
    await expect(reading).rejects.toThrow('no more facts')
  })

  it.each([{ frontier: Number.NaN }, { frontier: -1 }, { completeLength: 0.5 }])(
    'that returns %j is a fault',
    async (told) => {
      const film = growingFolder(() => told)
      film.put(NAME, FILM)
      await expect(film.source.open(NAME)).rejects.toThrow(RangeError)
    },
  )

  it('whose word changes as often as it is asked makes the source busy', async () => {
    let calls = 0
    const film = growingFolder(() => (calls++ % 2 === 0 ? facts() : undefined))
    film.put(NAME, FILM)
    await expect(film.source.open(NAME)).rejects.toMatchObject({ name: 'SourceBusyError' })
  })
})

describe('what aria2 downloads', () => {
  const PIECE = 16 * 1024

  /** A control file that says that the first pieces are there. */
  function control(pieces: number): Uint8Array {
    const bitfield = new Uint8Array(Math.ceil(LENGTH / PIECE / 8))
    for (let piece = 0; piece < pieces; piece++)
      bitfield[piece >> 3] = (bitfield[piece >> 3] ?? 0) | (128 >> (piece & 7))
    const head = new DataView(new ArrayBuffer(34))
    head.setUint16(0, 1)
    head.setUint32(10, PIECE)
    head.setBigUint64(14, BigInt(LENGTH))
    head.setUint32(30, bitfield.byteLength)
    return Buffer.concat([new Uint8Array(head.buffer), bitfield, new Uint8Array(4)])
  }

  function download() {
    const film = growingFolder()
    const fd = openSync(film.at(NAME), 'w')
    ftruncateSync(fd, LENGTH)
    const save = (bytes: Uint8Array | string) => film.put(`${NAME}.aria2`, bytes)
    return {
      ...film,
      save,
      reach(pieces: number) {
        writeSync(fd, FILM, 0, Math.min(pieces * PIECE, LENGTH), 0)
        save(control(pieces))
      },
      end() {
        writeSync(fd, FILM, 0, LENGTH, 0)
        rmSync(film.at(`${NAME}.aria2`))
        closeSync(fd)
      },
    }
  }

  it('is served as far as its control file says, and is complete without one', async () => {
    const film = download()
    film.reach(1)
    const representation = await film.open()
    expect([representation.completeLength, representation.frontier]).toEqual([LENGTH, PIECE])
    const tag = await film.tag()
    const reading = readAll(representation)
    film.reach(3)
    await stillWaits(reading)
    film.end()
    expectFilm(await reading)
    expect(representation.frontier).toBe(LENGTH)
    expect(await film.tag()).toBe(tag)
    const complete = await film.open()
    expect(complete.isComplete).toBeUndefined()
    await complete.close()
  })

  it('counts as not written at all while its control file cannot be read', async () => {
    const film = download()
    film.save('rubbish')
    const representation = await film.open()
    expect([representation.completeLength, representation.frontier]).toEqual([undefined, 0])
    const reading = readAll(representation, REST)
    await stillWaits(reading)
    film.end()
    expectFilm(await reading)
  })

  it('keeps its length and what is there while its control file cannot be read for a moment', async () => {
    const film = download()
    film.reach(2)
    const representation = await film.open()
    film.save('rubbish')
    const next = await film.open()
    expect([next.completeLength, next.frontier]).toEqual([LENGTH, 2 * PIECE])
    await next.close()
    const reading = readAll(representation)
    film.end()
    expectFilm(await reading)
  })
})

describe('the rules for keys and links', () => {
  /** Outside the root, and removed with it. */
  function outside() {
    const folder = makeFolder()
    folder.put('film', FILM)
    folder.put('length', `${LENGTH}`)
    return folder
  }

  it.each(['.film.mp4', '.hidden/film.mp4', '../film.mp4', 'film.mp4/', '', '.', 'a\0b'])(
    'hold for partial files: nothing at %j',
    async (key) => {
      const film = growingFolder()
      mkdirSync(film.at('.hidden'))
      for (const name of ['.film.mp4.part', '.hidden/film.mp4.part', '.part']) film.put(name, FILM)
      film.grow(1000)
      expect(await film.source.open(key)).toBeUndefined()
    },
  )

  it.each(['.part', '.crdownload'])(
    'hold for links: %s may not lead out of the root, or to a dotfile',
    async (suffix) => {
      const film = growingFolder()
      using other = outside()
      film.put('.secret', FILM)
      symlinkSync(other.at('film'), film.at(`a.mp4${suffix}`))
      symlinkSync('.secret', film.at(`b.mp4${suffix}`))
      mkdirSync(film.at(`c.mp4${suffix}`))
      expect(await Promise.all(['a.mp4', 'b.mp4', 'c.mp4'].map((key) => film.source.open(key)))).toEqual(
        new Array(3).fill(undefined),
      )
      film.put('good', FILM)
      symlinkSync('good', film.at(`d.mp4${suffix}`))
      const inside = await film.source.open('d.mp4')
      expect(inside?.frontier).toBe(LENGTH)
      await inside?.close()
    },
  )

  it('hold for what tells of a file: it may not be outside', async () => {
    const film = growingFolder()
    using other = outside()
    film.grow(1000)
    symlinkSync(other.at('length'), `${film.part}.length`)
    const representation = await film.open()
    expect(representation.completeLength).toBeUndefined()
    await representation.close()
    film.put('whole.mp4', FILM)
    symlinkSync(other.at('length'), film.at('whole.mp4.aria2'))
    const whole = await film.open('whole.mp4')
    expect([whole.completeLength, whole.isComplete]).toEqual([LENGTH, undefined])
    await whole.close()
  })

  it('a second name of a file does not make its removal a break', async () => {
    const film = growingFolder()
    film.declare()
    film.grow(1000)
    const reading = readAll(await film.open())
    linkSync(film.part, film.at('kept'))
    film.grow()
    film.drop()
    expectFilm(await reading)
  })
})

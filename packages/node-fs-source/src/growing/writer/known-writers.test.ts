import { closeSync, ftruncateSync, openSync, rmSync, utimesSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { LONG_AGO } from '@rangekit/test-kit/folder'
import { describe, expect, it, vi } from 'vitest'
import {
  expectFilm,
  FILM,
  growingFolder,
  LENGTH,
  NAME,
  REST,
  readAll,
  stillWaits,
} from '../../../test/support/growing.ts'
import type { GrowthFacts } from '../growing-options.ts'

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

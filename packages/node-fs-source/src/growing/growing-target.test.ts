import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { OPEN_END, type Representation } from '@rangekit/range-core'
import { describe, expect, it } from 'vitest'
import { expectFilm, FILM, growingFolder, NAME, OTHER, READERS, readAll } from '../../test/support/growing.ts'
import { type GrowingFileOptions, type GrowingTarget, growingFile } from './growing-target.ts'

const { byteLength: LENGTH } = FILM
const DECLARED = { completeLength: LENGTH, timeout: 20_000 }

/** A folder with a source, and a writer in this process. */
async function writing(options: GrowingFileOptions = DECLARED) {
  const film = growingFolder()
  const target = await growingFile(film.at(NAME), options)
  const writer = target.writable.getWriter()
  // Each test looks at the write or close that fails.
  writer.closed.catch(() => {})
  const write = (from: number, to: number) => writer.write(FILM.subarray(from, to))
  return { ...film, target, writer, write }
}

function opened(target: GrowingTarget): Representation {
  const representation = target.open()
  if (representation === undefined) throw new Error('The file is closed')
  return representation
}

async function allReject(promises: readonly Promise<unknown>[], error: object): Promise<void> {
  await Promise.all(promises.map((promise) => expect(promise).rejects.toMatchObject(error)))
}

describe.each(READERS)('a file that is written here, read %s', (_, read) => {
  it('is read while it is written, here and from the folder', async () => {
    const { target, writer, write, open, path } = await writing()
    const reading = [read(opened(target)), read(await open())]
    for (let at = 0; at < LENGTH; at += 30_000) await write(at, at + 30_000)
    expect(readdirSync(path)).toEqual([`${NAME}.part`, `${NAME}.part.length`])
    await writer.close()
    for (const bytes of await Promise.all(reading)) expectFilm(bytes)
    expect(readdirSync(path)).toEqual([NAME])
    expectFilm(readFileSync(`${path}/${NAME}`))
  })

  it('of unknown length ends with its writer', async () => {
    const { target, writer, write, open } = await writing({})
    const representation = opened(target)
    expect([representation.completeLength, representation.isComplete]).toEqual([undefined, false])
    const rest = { firstPos: 0, lastPos: OPEN_END }
    const reading = [read(representation, rest), read(await open(), rest)]
    await write(0, 100_000)
    await write(100_000, LENGTH)
    await writer.close()
    for (const bytes of await Promise.all(reading)) expectFilm(bytes)
  })
})

it('takes no more than it can write', async () => {
  const { writer, write } = await writing()
  expect(writer.desiredSize).toBe(1)
  const written = write(0, LENGTH)
  expect(writer.desiredSize).toBe(0)
  await written
  expect(writer.desiredSize).toBe(1)
  await writer.close()
})

it('is written by a stream, and tells its place in the folder only when it is whole', async () => {
  const film = growingFolder()
  film.put(NAME, 'an earlier one')
  const { writable } = await growingFile(film.at(NAME), DECLARED)
  expect(readFileSync(film.at(NAME), 'utf8')).toBe('an earlier one')
  await new Response(FILM).body?.pipeTo(writable)
  expectFilm(readFileSync(film.at(NAME)))
})

it('may be empty', async () => {
  const { target, writer, at } = await writing({ completeLength: 0 })
  const representation = opened(target)
  expect([representation.completeLength, representation.isComplete]).toEqual([0, true])
  await representation.close()
  await writer.close()
  expect(readFileSync(at(NAME))).toHaveLength(0)
})

it('has one tag, here and from the folder, before and after its end', async () => {
  const { target, writer, write, tag } = await writing()
  const representation = opened(target)
  const own = representation.etag?.opaque
  const tags = [await tag()]
  await write(0, 1000)
  tags.push(await tag())
  await write(1000, LENGTH)
  tags.push(await tag())
  await writer.close()
  tags.push(await tag())
  expect(tags).toEqual(new Array(4).fill(own))
  // It stays open for as long as somebody has it open.
  expectFilm(await readAll(opened(target)))
  await representation.close()
  expect(target.open()).toBeUndefined()
})

describe('a file that was left', () => {
  it('keeps what was written when it is given up, and tells its readers why', async () => {
    const { target, writer, write, open, at } = await writing()
    await write(0, 70_000)
    const reading = [opened(target), await open()].map((one) => readAll(one))
    const [here, there] = reading.map((one) =>
      one.then(
        () => 'read',
        (error: Error) => error.message,
      ),
    )
    await writer.abort(new Error('no network'))
    expect(await here).toBe('no network')
    expect(target.open()).toBeUndefined()
    expect(readFileSync(at(`${NAME}.part`))).toHaveLength(70_000)
    expect(readFileSync(at(`${NAME}.part.length`), 'utf8')).toBe(`${LENGTH}\n`)
    // Of another process it could not be known; it may go on.
    const again = await growingFile(at(NAME), { ...DECLARED, resume: true })
    expect(again.position).toBe(70_000)
    const resumed = again.writable.getWriter()
    await resumed.write(FILM.subarray(70_000))
    await resumed.close()
    expect(await there).toBe('read')
    expectFilm(readFileSync(at(NAME)))
  })

  it('begins anew by default, and breaks those who read what was there', async () => {
    const { writer, write, open, at } = await writing()
    await write(0, 70_000)
    const reading = readAll(await open())
    await writer.abort()
    const again = await growingFile(at(NAME), DECLARED)
    expect(again.position).toBe(0)
    await expect(reading).rejects.toThrow('The file was removed while it was written')
    await again.writable.abort()
  })

  it('begins anew if it is longer than the whole', async () => {
    const film = growingFolder()
    film.grow()
    const target = await growingFile(film.at(NAME), { completeLength: 1000, resume: true })
    expect(target.position).toBe(0)
    await target.writable.abort()
  })

  it('that has all bytes only has to be closed', async () => {
    const film = growingFolder()
    film.grow()
    const target = await growingFile(film.at(NAME), { ...DECLARED, resume: true })
    await target.writable.close()
    expectFilm(readFileSync(film.at(NAME)))
  })

  it('has no length any more if it is not known', async () => {
    const film = growingFolder()
    film.declare()
    const target = await growingFile(film.at(NAME))
    expect(readdirSync(film.path)).toEqual([`${NAME}.part`])
    await target.writable.abort()
  })
})

describe('a write that cannot be', () => {
  it('of too many bytes fails, and so do its readers', async () => {
    const { target, writer, write, at } = await writing()
    await write(0, LENGTH - 1)
    const reading = readAll(opened(target))
    const expected = `More than ${LENGTH} bytes were written`
    await allReject([reading, writer.write(new Uint8Array(2)), writer.closed], { message: expected })
    expect(existsSync(at(NAME))).toBe(false)
  })

  it('closed before its last byte fails, and so do its readers', async () => {
    const { target, writer, write, at } = await writing()
    await write(0, 1000)
    const reading = readAll(opened(target))
    await allReject([reading, writer.close()], { message: `1000 of ${LENGTH} bytes were written` })
    expect([existsSync(at(NAME)), existsSync(at(`${NAME}.part`)), target.open()]).toEqual([
      false,
      true,
      undefined,
    ])
  })

  it('because the disk is full fails with its code, and so do its readers', async () => {
    const film = growingFolder()
    symlinkSync('/dev/full', film.part)
    const target = await growingFile(film.at(NAME), { ...DECLARED, resume: true })
    const reading = readAll(opened(target))
    const writer = target.writable.getWriter()
    await allReject([writer.write(FILM), writer.closed, reading], { code: 'ENOSPC' })
    expect(target.open()).toBeUndefined()
  })

  it('ends once, although the stream is given up meanwhile', async () => {
    const film = growingFolder()
    symlinkSync('/dev/full', film.part)
    const target = await growingFile(film.at(NAME), { ...DECLARED, resume: true })
    const kept = opened(target)
    const writer = target.writable.getWriter()
    const ends = [writer.write(FILM), writer.abort(new Error('given up')), writer.closed]
    expect((await Promise.allSettled(ends)).map(({ status }) => status)).toContain('rejected')
    await expect(kept.readInto?.(new Uint8Array(1), 0)).rejects.toThrow()
    await kept.close()
  })

  it('of something else than bytes fails', async () => {
    const { writer } = await writing()
    const text: unknown = 'text'
    await expect(writer.write(text as Uint8Array)).rejects.toThrow('A chunk is not a Uint8Array')
  })

  it('does not give its name to the file of another writer', async () => {
    const { writer, write, at } = await writing()
    await write(0, LENGTH)
    const other = await growingFile(at(NAME), DECLARED)
    await expect(writer.close()).rejects.toThrow('was replaced')
    expect(existsSync(at(NAME))).toBe(false)
    const otherWriter = other.writable.getWriter()
    await otherWriter.write(OTHER)
    await otherWriter.close()
    expect(Buffer.compare(readFileSync(at(NAME)), OTHER)).toBe(0)
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])(
    'refuses %d as its length, and writes nothing',
    async (completeLength) => {
      const film = growingFolder()
      await expect(growingFile(film.at(NAME), { completeLength })).rejects.toThrow(RangeError)
      expect(readdirSync(film.path)).toEqual([])
    },
  )

  it('in a folder that does not exist fails at once', async () => {
    const film = growingFolder()
    await expect(growingFile(film.at('none/film.mp4'))).rejects.toMatchObject({ code: 'ENOENT' })
    writeFileSync(film.at('file'), '')
    await expect(growingFile(film.at('file/film.mp4'), DECLARED)).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})

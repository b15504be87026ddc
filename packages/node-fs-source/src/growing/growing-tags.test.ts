import { closeSync, openSync, truncateSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { LONG_AGO } from '@rangekit/test-kit/folder'
import { describe, expect, it } from 'vitest'
import { expectFilm, growingFolder, LENGTH, NAME, OTHER, REST, readAll } from '../../test/support/growing.ts'

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

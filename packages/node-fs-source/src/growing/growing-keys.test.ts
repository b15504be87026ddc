import { linkSync, mkdirSync, symlinkSync } from 'node:fs'
import { makeFolder } from '@rangekit/test-kit/folder'
import { describe, expect, it } from 'vitest'
import { expectFilm, FILM, growingFolder, LENGTH, readAll } from '../../test/support/growing.ts'

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

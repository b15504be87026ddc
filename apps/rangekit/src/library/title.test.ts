import { anyName } from '@rangekit/test-kit/any-name'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseName, stemOf } from './title.ts'

describe('parseName', () => {
  it.each([
    ['My_Video__123e4567-e89b-12d3.mp4', 'My Video', '123e4567-e89b-12d3'],
    ['Clock__7f3a91c2-5d1e-4b8a.mp4', 'Clock', '7f3a91c2-5d1e-4b8a'],
    ['Season_1__Episode_2__a1.mkv', 'Season 1 Episode 2', 'a1'],
    ['Título_con_ñ__abc.mp4', 'Título con ñ', 'abc'],
    ['A film__v1.2.mp4', 'A film', 'v1.2'],
    // An id may begin with an underscore, as YouTube's do.
    ['Title___dQw4w9WgXc.mp4', 'Title', 'dQw4w9WgXc'],
    ['no-extension__abc', 'no-extension', 'abc'],
  ])('splits %s', (name, title, taskId) => {
    expect(parseName(name)).toEqual({ title, taskId })
  })

  it.each([
    ['film.mp4', 'film'],
    ['my_first_film.mp4', 'my first film'],
    ['Big Buck Bunny [aqz-KE-bpKQ].webm', 'Big Buck Bunny [aqz-KE-bpKQ]'],
    ['2024-05-06 07.08.09.mp4', '2024-05-06 07.08.09'],
    ['Trip 1.2', 'Trip 1.2'],
    ['Mr. Robot', 'Mr. Robot'],
    ['song.7z', 'song'],
    ['Hello__big world.mp4', 'Hello big world'],
    ['ends__.mp4', 'ends'],
    ['__abc.mp4', 'abc'],
    ['__.mp4', '__.mp4'],
    ['_', '_'],
  ])('finds no id in %s', (name, title) => {
    expect(parseName(name)).toEqual({ title })
  })

  it('has a title for any name, in time proportional to its length', () => {
    fc.assert(fc.property(anyName, (name) => parseName(name).title !== ''))
    const started = performance.now()
    for (const piece of ['_', '.', '__a', '.1', ' ']) parseName(piece.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

it('stemOf removes the extension', () => {
  expect(stemOf('a.b.mp4')).toBe('a.b')
  expect(stemOf('film')).toBe('film')
})

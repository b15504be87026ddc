import { mediaType } from '@rangekit/media-type'
import { words } from '@rangekit/test-kit/words'
import { describe, expect, it } from 'vitest'
import { kindOf } from './kind.ts'
import { Sidecars } from './sidecars.ts'

const file = (name: string) => ({ name, kind: kindOf(mediaType(name)) })
const sidecarsOf = (...names: string[]) => new Sidecars(names.map(file))

describe('a sidecar', () => {
  it.each([
    'film.vtt',
    'film.srt',
    'film.en.vtt',
    'film.en-US.vtt',
    'film.pt_BR.srt',
    'film.es.forced.srt',
    'film.jpg',
    'film.JPEG',
    'film.webp',
    'film.mp4.sha256',
    'notes.pdf.sha256',
  ])('of a file beside it is %s', (name) => {
    expect(sidecarsOf('film.mp4', 'notes.pdf', name).has(name)).toBe(true)
  })

  it.each([
    'film.mp4',
    'film 2.vtt',
    'other.srt',
    'film.en.forced.sdh.srt',
    'film.pdf',
    'film.svg',
    'film2.jpg',
    'none.mp4.sha256',
    'cover.jpg',
    'notes.jpg',
  ])('is not %s', (name) => {
    expect(sidecarsOf('film.mp4', 'notes.pdf', name).has(name)).toBe(false)
  })

  it('is the picture of a folder only where there is audio', () => {
    expect(sidecarsOf('a.flac', 'cover.jpg').has('cover.jpg')).toBe(true)
    expect(sidecarsOf('a.mp4', 'cover.jpg').has('cover.jpg')).toBe(false)
  })
})

describe('pictureOf', () => {
  const sidecars = sidecarsOf(...words('a.mp4 a.png b.flac c.flac c.jpg folder.jpg Cover.webp d.pdf'))

  it.each([
    ['a.mp4', 'a.png'],
    ['c.flac', 'c.jpg'],
    ['b.flac', 'Cover.webp'],
    ['d.pdf', undefined],
    ['a.png', undefined],
  ])('of %s is %s', (name, picture) => {
    expect(sidecars.pictureOf(file(name))).toBe(picture)
  })
})

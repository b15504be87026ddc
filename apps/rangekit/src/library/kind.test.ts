import { mediaType } from '@rangekit/media-type'
import { expect, it } from 'vitest'
import { kindOf } from './kind.ts'

it.each([
  ['film.mp4', 'video'],
  ['film.mkv', 'video'],
  ['film.TS', 'video'],
  ['song.flac', 'audio'],
  ['song.m4a', 'audio'],
  ['drawing.svg', 'image'],
  ['notes.txt', 'document'],
  ['book.pdf', 'document'],
  ['film.vtt', 'document'],
  ['data.bin', 'other'],
  ['archive.zip', 'other'],
  ['none', 'other'],
])('%s is shown as %s', (name, kind) => {
  expect(kindOf(mediaType(name))).toBe(kind)
})

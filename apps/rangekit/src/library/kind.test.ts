import { mediaType } from '@rangekit/media-type'
import { expect, it } from 'vitest'
import { isPlaylist, kindOf } from './kind.ts'

it.each([
  ['film.mp4', 'video'],
  ['film.mkv', 'video'],
  ['film.TS', 'video'],
  ['stream.m3u8', 'video'],
  ['song.flac', 'audio'],
  ['song.m4a', 'audio'],
  ['drawing.svg', 'image'],
  ['notes.txt', 'document'],
  ['book.pdf', 'document'],
  ['film.vtt', 'document'],
  ['stream.mpd', 'other'],
  ['data.bin', 'other'],
  ['archive.zip', 'other'],
  ['none', 'other'],
])('%s is shown as %s', (name, kind) => {
  expect(kindOf(mediaType(name))).toBe(kind)
})

it('playlists of streams are those of HLS and DASH', () => {
  const names = [
    'a.m3u8',
    'A.M3U8',
    'a.mpd',
    'a.m3u',
    'a.ts',
    'a.m4s',
    'a.mp4',
    'a.xml',
    'a/m3u8',
    'a.m3u8.txt',
  ]
  expect(names.filter((name) => isPlaylist(mediaType(name)))).toEqual(['a.m3u8', 'A.M3U8', 'a.mpd'])
})

import { describe, expect, it } from 'vitest'
import { mediaType } from './index.ts'

describe('mediaType', () => {
  it.each([
    ['mp4', 'video/mp4'],
    ['m4v', 'video/x-m4v'],
    ['mov', 'video/quicktime'],
    ['mkv', 'video/x-matroska'],
    ['webm', 'video/webm'],
    ['ts', 'video/mp2t'],
    ['m2ts', 'video/mp2t'],
    ['avi', 'video/x-msvideo'],
    ['mp3', 'audio/mpeg'],
    ['m4a', 'audio/mp4'],
    ['aac', 'audio/aac'],
    ['flac', 'audio/flac'],
    ['ogg', 'audio/ogg'],
    ['opus', 'audio/ogg'],
    ['wav', 'audio/wav'],
    ['m3u8', 'application/vnd.apple.mpegurl'],
    ['mpd', 'application/dash+xml'],
    ['m4s', 'video/iso.segment'],
    ['vtt', 'text/vtt'],
    ['srt', 'application/x-subrip'],
    ['jpg', 'image/jpeg'],
    ['png', 'image/png'],
    ['webp', 'image/webp'],
    ['tif', 'image/tiff'],
    ['pdf', 'application/pdf'],
    ['zip', 'application/zip'],
    ['parquet', 'application/vnd.apache.parquet'],
    ['pmtiles', 'application/vnd.pmtiles'],
    ['sqlite', 'application/vnd.sqlite3'],
    ['txt', 'text/plain; charset=utf-8'],
    ['html', 'text/html; charset=utf-8'],
  ])('knows .%s', (extension, type) => {
    expect(mediaType(`title__task-id.${extension}`)).toBe(type)
    expect(mediaType(`a/b.c/TITLE.${extension.toUpperCase()}`)).toBe(type)
  })

  it.each(['noextension', 'a.b/noextension', 'x.unknown-thing', '.mp4/'])(
    'returns application/octet-stream for %s',
    (name) => {
      expect(mediaType(name)).toBe('application/octet-stream')
    },
  )
})

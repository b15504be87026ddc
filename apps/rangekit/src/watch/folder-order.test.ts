import { anyName } from '@rangekit/test-kit/any-name'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Item } from '../library/item.ts'
import { neighboursOf } from './neighbours.ts'
import { MAX_PLAYLIST, playlistOf } from './playlist.ts'

const item = (key: string, kind: Item['kind'] = 'video', title = key): Item => ({
  kind,
  key,
  name: key.slice(key.lastIndexOf('/') + 1),
  title,
  size: 1,
  modified: 0,
})
const link = async (path: string) => path
const items = [
  item('a', 'folder'),
  item('a.mp4'),
  item('b.png', 'image'),
  item('c.mp3', 'audio'),
  item('d.png', 'image'),
]

it('a playlist names the videos and audio files of a folder, in order, with what is known of them', async () => {
  const known = ({ key }: Item) => (key === 'a.mp4' ? { duration: 59.7, hasCover: false } : undefined)
  expect(await playlistOf(items, { title: 'Films', link, known })).toBe(
    '#EXTM3U\n#PLAYLIST:Films\n#EXTINF:60,a.mp4\nstream/a.mp4\n#EXTINF:-1,c.mp3\nstream/c.mp3\n',
  )
})

it('a playlist has links such as its readers may follow', async () => {
  const signed = async (path: string) => `${path}?expires=1&signature=x`
  expect(await playlistOf([item('a/b.mp4')], { title: '', link: signed })).toContain(
    '\nstream/a/b.mp4?expires=1&signature=x\n',
  )
})

it('names do not add lines to a playlist, and their links name the same file', async () => {
  const title = fc.oneof(
    anyName,
    fc.constantFrom('a\nhttp://evil.example/', '\r#EXTVLCOPT:x', '\u2028#x', '\u0085'),
  )
  await fc.assert(
    fc.asyncProperty(title, async (name) => {
      const key = `folder/${name.replaceAll(/[/\0]/g, '').toWellFormed() || 'x'}`
      const lines = (await playlistOf([item(key, 'video', name)], { title: name, link })).split('\n')
      expect(lines).toHaveLength(5)
      expect(lines.join('')).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      const url = new URL(lines[3] ?? '', 'http://localhost/prefix/api/playlist.m3u8?path=folder')
      expect(decodeURIComponent(url.pathname)).toBe(`/prefix/api/stream/${key}`)
    }),
  )
})

it('a playlist has an end', async () => {
  const many = Array.from({ length: MAX_PLAYLIST + 5 }, (_, index) => item(`${index}.mp4`))
  expect((await playlistOf(many, { title: '', link })).match(/^#EXTINF/gm)).toHaveLength(MAX_PLAYLIST)
})

it.each([
  ['a.mp4', undefined, 'c.mp3'],
  ['c.mp3', 'a.mp4', undefined],
  ['b.png', undefined, 'd.png'],
  ['d.png', 'b.png', undefined],
  ['missing', undefined, undefined],
])('the neighbours of %s are those of its like: %s and %s', (key, previous, next) => {
  const found = neighboursOf(items, key)
  expect([found.previous?.key, found.next?.key]).toEqual([previous, next])
})

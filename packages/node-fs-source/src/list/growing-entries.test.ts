import { openBelow } from '@rangekit/test-kit/processes'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../../test/support/folder.ts'
import { fileSource } from '../file-source.ts'
import { type FolderReaderOptions, folderReader } from './folder-reader.ts'

const FILM = 'film'.repeat(1000)

/** Each name with its size, and with `frontier/length` while it grows. */
async function listed(root: string, growing: FolderReaderOptions['growing'] = true, path = '') {
  const listing = await folderReader(root, { growing }).read(path)
  expect(openBelow(process.pid, `${root}/`)).toEqual([])
  return (listing?.entries ?? [])
    .map(({ name, size, growing }) => {
      const soFar = growing && ` ${growing.frontier}/${growing.completeLength ?? '?'}`
      return `${name} ${size}${soFar ?? ''}`
    })
    .sort()
}

describe('of a folder with files that are being written, a list has', () => {
  it('a partial file under its final name, with what is there', async () => {
    const folder = testFolder()
    folder.put('a/known.mp4.part', FILM)
    folder.put('a/known.mp4.part.length', '10000\n')
    folder.put('a/unknown.mp4.part', FILM)
    folder.put('a/chrome.mp4.crdownload', FILM)
    folder.put('a/whole.mp4', FILM)
    expect(await listed(folder.path, true, 'a')).toEqual([
      'chrome.mp4 4000 4000/?',
      'known.mp4 10000 4000/10000',
      'unknown.mp4 4000 4000/?',
      'whole.mp4 4000',
    ])
  })

  it('no sign of growth where all bytes are there, whatever the name still is', async () => {
    const folder = testFolder()
    folder.put('film.mp4.part', FILM)
    folder.put('film.mp4.part.length', '4000')
    expect(await listed(folder.path)).toEqual(['film.mp4 4000'])
  })

  it('a partial file under its own name if the final one is taken, or the source would not serve it', async () => {
    const folder = testFolder()
    folder.put('film.mp4', 'old')
    folder.put('film.mp4.part', FILM)
    folder.put('folder/x', '')
    folder.put('folder.part', FILM)
    folder.put('any-order.mp4.part', new Uint8Array(10_000))
    folder.put('both.mp4.part', FILM)
    folder.put('both.mp4.crdownload', FILM)
    expect(await listed(folder.path)).toEqual([
      'any-order.mp4.part 10000',
      'both.mp4 4000 4000/?',
      'both.mp4.crdownload 4000',
      'film.mp4 3',
      'film.mp4.part 4000',
      'folder 0',
      'folder.part 4000',
    ])
  })

  it('a file next to a control file of aria2, with what that says', async () => {
    const folder = testFolder()
    folder.put('film.mp4', FILM)
    folder.put('film.mp4.aria2', control({ pieceLength: 1000, completeLength: 4000, bitfield: 0b1110_0000 }))
    folder.put('damaged.mp4', FILM)
    folder.put('damaged.mp4.aria2', 'damaged')
    expect(await listed(folder.path)).toEqual(['damaged.mp4 0 0/?', 'film.mp4 4000 3000/4000'])
  })

  it('what a reader of the program knows of any file', async () => {
    const folder = testFolder()
    folder.put('a/live.ts', FILM)
    folder.put('a/film.mp4.part', FILM)
    folder.put('a/other.mp4', FILM)
    const of = (key: string) => {
      if (key === 'a/live.ts') return {}
      return key === 'a/film.mp4.part' ? { completeLength: 8000, frontier: 100 } : undefined
    }
    const expected = ['film.mp4 8000 100/8000', 'live.ts 4000 4000/?', 'other.mp4 4000']
    expect(await listed(folder.path, of, 'a')).toEqual(expected)
    expect(await listed(folder.path, { of }, 'a')).toEqual(expected)
  })

  it('nothing of what downloaders keep for themselves', async () => {
    const folder = testFolder()
    const states = [
      'film.mp4.part.length',
      'film.mp4.part.json',
      'film.mp4.part.json.new',
      'gone.webm.crdownload.length',
      'gone.mp4.aria2',
      'film.mp4.ytdl',
      'film.mp4.part-Frag7',
      'film.mp4.part-Frag12.part',
    ]
    for (const name of ['film.mp4.part', ...states]) folder.put(name, 'bytes')
    const others = ['data.json', 'gone.mp4.part.json', 'my.length', 'party-Frag7']
    for (const name of others) folder.put(name, 'bytes')
    expect(await listed(folder.path)).toEqual([...others.map((name) => `${name} 5`), 'film.mp4 5 5/?'].sort())
    const all = ['film.mp4.part', ...states, ...others]
    expect(await listed(folder.path, false)).toEqual(all.map((name) => `${name} 5`).sort())
  })

  it('exactly what the source opens', async () => {
    const folder = testFolder()
    folder.put('known.mp4.part', FILM)
    folder.put('known.mp4.part.length', '10000')
    folder.put('unknown.mp4.part', FILM)
    folder.put('any-order.mp4.part', new Uint8Array(10_000))
    // Only at first, what is empty is not served.
    folder.age('any-order.mp4.part', 10)
    folder.put('whole.mp4', FILM)
    const source = fileSource(folder.path, { growing: true })
    const { entries = [] } = (await folderReader(folder.path, { growing: true }).read('')) ?? {}
    expect(entries).toHaveLength(4)
    for (const { name, size, growing } of entries) {
      const opened = await source.open(name)
      expect([name, opened?.completeLength, opened?.frontier]).toEqual([
        name,
        growing === undefined ? size : growing.completeLength,
        growing?.frontier,
      ])
      await opened?.close()
    }
  })
})

/** A control file of aria2 for at most eight pieces. */
function control({ pieceLength = 0, completeLength = 0, bitfield = 0 }): Uint8Array {
  const view = new DataView(new ArrayBuffer(39))
  view.setUint16(0, 1)
  view.setUint32(10, pieceLength)
  view.setUint32(18, completeLength)
  view.setUint32(30, 1)
  view.setUint8(34, bitfield)
  return new Uint8Array(view.buffer)
}

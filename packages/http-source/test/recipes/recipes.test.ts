import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { shared } from '@rangekit/test-kit/fixtures'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { openRemote } from '../../src/index.ts'
import { openTiff } from './geotiff.ts'
import { firstRows } from './hyparquet.ts'
import { openMedia } from './mediabunny.ts'
import { openPdf } from './pdf.ts'
import { openTiles } from './pmtiles.ts'
import { startFileServer } from './support/file-server.ts'
import { makePdf } from './support/make-pdf.ts'
import { makeTiff } from './support/make-tiff.ts'
import { makeTiles } from './support/make-tiles.ts'
import { openZip } from './zip.ts'

const server = shared(startFileServer, (started) => started.stop())

/** A reader that has another version in front of it says so; it never mixes the two. */
const CHANGED = { name: 'OriginError', fault: 'changed' }

/** Opens a file on the server. What its opening took is not counted. */
async function put(name: string, bytes: Uint8Array<ArrayBuffer>) {
  const file = await openRemote(server.put(name, bytes))
  server.take()
  return { file, replace: () => server.put(name, bytes) }
}

describe('hyparquet', () => {
  const ids = Array.from({ length: 60_000 }, (_, index) => index)
  const noise = (name: string) => ({
    name,
    data: Float64Array.from(ids, Math.random),
    type: 'DOUBLE' as const,
  })
  const columnData = [
    { name: 'id', data: ids, type: 'INT32' as const },
    { name: 'name', data: ids.map((id) => `name ${id}`), type: 'STRING' as const },
    ...['a', 'b', 'c', 'd'].map(noise),
  ]
  const parquet = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 10_000 }))

  it('reads rows of some columns, and fetches little else', async () => {
    const { file } = await put('rows.parquet', parquet)
    const rows = await firstRows(file, ['id', 'name'])
    expect(rows).toEqual(ids.slice(0, 10).map((id) => ({ id, name: `name ${id}` })))
    expect(server.take().bytes).toBeLessThan(file.size / 3)
  })

  it('rejects when the file has changed', async () => {
    const { file, replace } = await put('rows.parquet', parquet)
    replace()
    await expect(firstRows(file, ['id'])).rejects.toMatchObject(CHANGED)
  })
})

describe('pmtiles', () => {
  const tiles = Array.from({ length: 64 }, (_, index) => ({
    zxy: [3, index % 8, Math.floor(index / 8)] as const,
    bytes: positionBytes(4000 + index),
  }))

  it('reads a tile, and fetches the directory and that tile', async () => {
    const { file } = await put('map.pmtiles', makeTiles(tiles))
    const archive = openTiles(file)
    expect(await archive.getMetadata()).toEqual({ name: 'test' })
    const tile = await archive.getZxy(3, 2, 1)
    expect(new Uint8Array(tile?.data ?? new ArrayBuffer())).toEqual(positionBytes(4010))
    expect(await archive.getZxy(2, 0, 0)).toBeUndefined()
    expect(server.take().bytes).toBeLessThan(file.size / 3)
  })

  it('rejects when the file has changed', async () => {
    const { file, replace } = await put('map.pmtiles', makeTiles(tiles))
    const archive = openTiles(file)
    await archive.getHeader()
    replace()
    await expect(archive.getZxy(3, 2, 1)).rejects.toMatchObject(CHANGED)
  })
})

describe('geotiff', () => {
  const SIZE = 512
  const pixels = Uint8Array.from({ length: SIZE * SIZE }, (_, index) => (index * 31) >> 7)
  const tiff = makeTiff(pixels, SIZE, 8)

  it('reads a window, and fetches its strips', async () => {
    const { file } = await put('image.tif', tiff)
    const image = await (await openTiff(file)).getImage()
    expect([image.getWidth(), image.getHeight()]).toEqual([SIZE, SIZE])
    server.take()
    const raster = await image.readRasters({ window: [0, 100, SIZE, 150], interleave: true })
    const expected = pixels.subarray(100 * SIZE, 150 * SIZE)
    expect(sameBytes(Uint8Array.from(raster as ArrayLike<number>), expected)).toBe(true)
    expect(server.take().bytes).toBeLessThan(file.size / 4)
  })

  it('rejects when the file has changed', async () => {
    const { file, replace } = await put('image.tif', tiff)
    const image = await (await openTiff(file)).getImage()
    replace()
    await expect(image.readRasters()).rejects.toMatchObject(CHANGED)
  })
})

describe('zip.js', () => {
  async function zip(): Promise<Uint8Array<ArrayBuffer>> {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 0 })
    await writer.add('big.bin', new Uint8ArrayReader(positionBytes(2_000_000)))
    await writer.add('notes/hello.txt', new TextReader('¡Hola!'))
    return new Uint8Array(await writer.close())
  }
  /** The text of an entry. */
  async function text(reader: ReturnType<typeof openZip>, name: string): Promise<string> {
    const entry = (await reader.getEntries()).find(({ filename }) => filename === name)
    if (entry === undefined || entry.directory) throw new Error(`There is no ${name}`)
    return new TextDecoder().decode(await entry.getData(new Uint8ArrayWriter()))
  }

  it('reads an entry, and does not fetch its large neighbour', async () => {
    const { file } = await put('files.zip', await zip())
    expect(await text(openZip(file), 'notes/hello.txt')).toBe('¡Hola!')
    expect(server.take().bytes).toBeLessThan(file.size / 4)
  })

  it('rejects when the file has changed', async () => {
    const { file, replace } = await put('files.zip', await zip())
    const reader = openZip(file)
    await reader.getEntries()
    replace()
    await expect(text(reader, 'notes/hello.txt')).rejects.toMatchObject(CHANGED)
  })
})

describe('mediabunny', () => {
  const film = () => new Uint8Array(readFileSync(join(SAMPLES, 'Deep_Zoom__9d2b40e5-3c77-4a1f.mp4')))

  it('reads duration and tracks, and fetches little else', async () => {
    const { file } = await put('film.mp4', film())
    const input = openMedia(file)
    expect(await input.computeDuration()).toBeGreaterThan(5)
    expect(await (await input.getPrimaryVideoTrack())?.getCodec()).toBe('avc')
    expect(server.take().bytes).toBeLessThan(file.size / 4)
  })

  it('rejects when the file has changed', async () => {
    const { file, replace } = await put('film.mp4', film())
    replace()
    await expect(openMedia(file).computeDuration()).rejects.toMatchObject(CHANGED)
  })
})

describe('pdf.js', () => {
  const pdf = () => makePdf(30, 60_000)

  it('reads a page, and does not fetch the others', async () => {
    const { file } = await put('book.pdf', pdf())
    const document = await openPdf(file).document
    const page = await document.getPage(15)
    const { items } = await page.getTextContent()
    expect(items.map((item) => ('str' in item ? item.str : ''))).toEqual(['Page 15'])
    expect([document.numPages, server.take().bytes < file.size / 3]).toEqual([30, true])
    await document.loadingTask.destroy()
  })

  it('rejects when the file has changed, instead of waiting for ever', async () => {
    const { file, replace } = await put('book.pdf', pdf())
    const { document, failed } = openPdf(file)
    const opened = await document
    replace()
    const page = opened.getPage(15).then((found) => found.getTextContent())
    await expect(Promise.race([page, failed])).rejects.toMatchObject(CHANGED)
  })
})

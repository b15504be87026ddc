import { zxyToTileId } from 'pmtiles'

/** A tile of the map, and what is in it. */
export interface Tile {
  readonly zxy: readonly [z: number, x: number, y: number]
  readonly bytes: Uint8Array
}

const HEADER = 127
const NOT_COMPRESSED = 1

/** A PMTiles archive, version 3, of which nothing is compressed: header, root directory, metadata, tiles. */
export function makeTiles(tiles: readonly Tile[]): Uint8Array<ArrayBuffer> {
  const sorted = tiles
    .map(({ zxy, bytes }) => ({ id: zxyToTileId(...zxy), bytes, zoom: zxy[0] }))
    .sort((a, b) => a.id - b.id)
  const metadata = new TextEncoder().encode('{"name":"test"}')
  // Ids as differences, then run lengths, lengths, and offsets, of which 0 means: behind the one before.
  const directory = Uint8Array.from(
    [
      sorted.length,
      ...sorted.map(({ id }, index) => id - (sorted[index - 1]?.id ?? 0)),
      ...sorted.map(() => 1),
      ...sorted.map(({ bytes }) => bytes.length),
      ...sorted.map((_, index) => (index === 0 ? 1 : 0)),
    ].flatMap(varint),
  )
  const body = Buffer.concat([directory, metadata, ...sorted.map(({ bytes }) => bytes)])
  const archive = new Uint8Array(HEADER + body.length)
  archive.set(new TextEncoder().encode('PMTiles'))
  archive.set(body, HEADER)
  const view = new DataView(archive.buffer)
  view.setUint8(7, 3)
  const tilesAt = HEADER + directory.length + metadata.length
  const numbers = [
    ...[HEADER, directory.length, HEADER + directory.length, metadata.length],
    ...[0, 0, tilesAt, archive.length - tilesAt],
    ...[sorted.length, sorted.length, sorted.length],
  ]
  for (const [index, number] of numbers.entries()) view.setBigUint64(8 + index * 8, BigInt(number), true)
  const zooms = sorted.map(({ zoom }) => zoom)
  const flags = [1, NOT_COMPRESSED, NOT_COMPRESSED, 0, Math.min(...zooms), Math.max(...zooms)]
  for (const [index, flag] of flags.entries()) view.setUint8(96 + index, flag)
  return archive
}

function varint(number: number): number[] {
  return number < 128 ? [number] : [(number % 128) + 128, ...varint(Math.floor(number / 128))]
}

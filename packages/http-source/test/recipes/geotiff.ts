import { GeoTIFF } from 'geotiff'
import type { RemoteFile } from '../../src/index.ts'

/** A GeoTIFF in a remote file. Of a window, its tiles or strips are fetched. */
export function openTiff(file: RemoteFile): Promise<GeoTIFF> {
  return GeoTIFF.fromSource({
    fileSize: file.size,
    async fetch(slices, signal) {
      const ranges = slices.map(({ offset, length }) => ({ start: offset, end: offset + length }))
      const parts = await file.ranges(ranges, { signal })
      return parts.map(({ buffer }) => buffer)
    },
    async fetchSlice({ offset, length }, signal) {
      const data = await file.slice(offset, offset + length).arrayBuffer({ signal })
      return { offset, length: data.byteLength, data }
    },
    close: () => file.close(),
  })
}

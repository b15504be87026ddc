import { PMTiles } from 'pmtiles'
import type { RemoteFile } from '../../src/index.ts'

/** An archive of map tiles in a remote file. */
export function openTiles(file: RemoteFile): PMTiles {
  return new PMTiles({
    getKey: () => file.url,
    getBytes: async (offset, length, signal) => ({
      data: await file.slice(offset, offset + length).arrayBuffer({ signal }),
    }),
  })
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { openRemote } from '@rangekit/http-source'
import { HttpRangeReader } from '@zip.js/zip.js'
import { asyncBufferFromUrl } from 'hyparquet'
import { UrlSource } from 'mediabunny'
import { FetchSource } from 'pmtiles'
import { packageVersion, printedVersion } from '../peers/kind.ts'

const execute = promisify(execFile)

/** Reads the bytes from `firstPos` to `lastPos`, both included. */
export type Read = (firstPos: number, lastPos: number) => Promise<Uint8Array>

/** Something that reads ranges of a URL. */
export interface Reader {
  readonly id: string
  readonly title: string
  readonly interface: string
  version(): string
  /** Whether its reads are independent of each other by their nature, as those of separate processes are. */
  readonly isStateless?: boolean
  open(url: string): Promise<{ readonly read: Read; close?(): unknown }>
}

const ours: Reader = {
  id: 'rangekit',
  title: 'Rangekit',
  interface: 'openRemote(url).slice()',
  version: () => packageVersion('@rangekit/http-source'),
  open: async (url) => {
    const file = await openRemote(url)
    return { read: (firstPos, lastPos) => file.slice(firstPos, lastPos + 1).bytes() }
  },
}

const hyparquet: Reader = {
  id: 'hyparquet',
  title: 'hyparquet',
  interface: 'asyncBufferFromUrl().slice()',
  version: () => packageVersion('hyparquet'),
  open: async (url) => {
    const buffer = await asyncBufferFromUrl({ url })
    return { read: async (firstPos, lastPos) => new Uint8Array(await buffer.slice(firstPos, lastPos + 1)) }
  },
}

const pmtiles: Reader = {
  id: 'pmtiles',
  title: 'PMTiles',
  interface: 'FetchSource.getBytes(), with the tag of the first answer as its archives pass it',
  version: () => packageVersion('pmtiles'),
  open: async (url) => {
    const source = new FetchSource(url)
    let tag: string | undefined
    const read: Read = async (firstPos, lastPos) => {
      const { data, etag } = await source.getBytes(firstPos, lastPos - firstPos + 1, undefined, tag)
      tag ??= etag
      return new Uint8Array(data)
    }
    return { read }
  },
}

/** What `fromUrl` of geotiff reads with; the package does not export it. */
interface GeotiffModule {
  makeRemoteSource(url: string): {
    fetch(slices: readonly { readonly offset: number; readonly length: number }[]): Promise<ArrayBuffer[]>
  }
}

const geotiff: Reader = {
  id: 'geotiff',
  title: 'geotiff.js',
  interface: 'the source behind fromUrl()',
  version: () => packageVersion('geotiff'),
  open: async (url) => {
    const path = new URL('./source/remote.js', import.meta.resolve('geotiff')).href
    const { makeRemoteSource } = (await import(path)) as GeotiffModule
    const source = makeRemoteSource(url)
    const read: Read = async (firstPos, lastPos) => {
      const [bytes] = await source.fetch([{ offset: firstPos, length: lastPos - firstPos + 1 }])
      return new Uint8Array(bytes ?? new ArrayBuffer())
    }
    return { read }
  },
}

const zip: Reader = {
  id: 'zip',
  title: 'zip.js',
  interface: 'HttpRangeReader.readUint8Array()',
  version: () => packageVersion('@zip.js/zip.js'),
  open: async (url) => {
    const reader = new HttpRangeReader(url)
    await reader.init?.()
    return {
      read: async (firstPos, lastPos) => reader.readUint8Array(firstPos, lastPos - firstPos + 1),
    }
  },
}

/** What demuxers of Mediabunny read with; it is not part of its types. */
interface MediabunnySource {
  _read(
    start: number,
    end: number,
    least: number,
    most: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly offset: number } | null>
}

const mediabunny: Reader = {
  id: 'mediabunny',
  title: 'Mediabunny',
  interface: 'UrlSource, as its demuxers read it',
  version: () => packageVersion('mediabunny'),
  open: async (url) => {
    const source = new UrlSource(url)
    const ref = source.ref()
    const size = await source.getSize()
    const read: Read = async (firstPos, lastPos) => {
      const internal = source as unknown as MediabunnySource
      const found = await internal._read(firstPos, lastPos + 1, 0, size)
      if (found === null) throw new Error('Nothing was read')
      return found.bytes.subarray(firstPos - found.offset, lastPos + 1 - found.offset)
    }
    return { read, close: () => ref.free() }
  },
}

const plainFetch: Reader = {
  id: 'fetch',
  title: 'fetch',
  interface: 'fetch with Range, response.ok, arrayBuffer()',
  version: () => `of Node ${process.versions.node}`,
  open: async (url) => {
    const read: Read = async (firstPos, lastPos) => {
      const response = await fetch(url, { headers: { Range: `bytes=${firstPos}-${lastPos}` } })
      if (!response.ok) throw new Error(`Status ${response.status}`)
      return new Uint8Array(await response.arrayBuffer())
    }
    return { read }
  },
}

const rclone: Reader = {
  id: 'rclone',
  title: 'rclone',
  interface: 'rclone cat --offset --count, a process for each read',
  version: () => printedVersion('rclone', 'version'),
  isStateless: true,
  open: async (url) => {
    const { origin, pathname } = new URL(url)
    const read: Read = async (firstPos, lastPos) => {
      const range = ['--offset', `${firstPos}`, '--count', `${lastPos - firstPos + 1}`]
      const args = ['cat', ...range, '--http-url', origin, `:http:${pathname.slice(1)}`]
      const { stdout } = await execute('rclone', args, { encoding: 'buffer' })
      return stdout
    }
    return { read }
  },
}

/** In the order of the table. */
export const READERS: readonly Reader[] = [
  ours,
  hyparquet,
  pmtiles,
  geotiff,
  zip,
  mediabunny,
  plainFetch,
  rclone,
]

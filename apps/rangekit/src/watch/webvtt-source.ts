import type { RangeSource } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'
import { Queue } from '../library/media/queue.ts'
import { type WholeFile, wholeFiles } from '../library/whole-files.ts'
import { decodeText } from './decode-text.ts'
import { isSidecarKey, sidecarLanguage } from './sidecars.ts'
import { srtToVtt } from './srt.ts'

/** The most bytes that a file of subtitles may have: ten hours of talk are half a megabyte. */
export const MAX_SUBTITLES = 2 * 1024 * 1024
/** How many may wait until another one is converted. */
const MAX_WAITING = 256
/** The most bytes of converted subtitles that are kept. */
const MAX_KEPT = 16 * 1024 * 1024

/**
 * The subtitles of a source, `.vtt` and `.srt`, as WebVTT in UTF-8. Under every other key there is nothing, nor under
 * those of files that are longer than {@link MAX_SUBTITLES}. Whatever does not begin as WebVTT is read as SubRip.
 *
 * Validators are those of the source's file. Files are read one at a time, and what was made of them is kept while
 * there is room.
 */
export function webVttSource(source: RangeSource): RangeSource {
  const kept = new LRUCache<string, Uint8Array<ArrayBuffer>>({
    maxSize: MAX_KEPT,
    sizeCalculation: (data, key) => data.byteLength + key.length + 1,
  })
  const queue = new Queue(1, MAX_WAITING)
  const files = wholeFiles(source)

  return {
    async open(key, options) {
      if (!isSidecarKey(key)) return undefined
      const file = await files.open(key, options)
      if (file === undefined) return undefined
      try {
        if (file.completeLength > MAX_SUBTITLES) return undefined
        const { etag, lastModified, cacheControl } = file
        const version = etag === undefined || etag.weak ? undefined : `${etag.opaque} ${key}`
        const known = version === undefined ? undefined : kept.get(version)
        const data = known ?? (await queue.run(() => convert(file, key, options?.signal), options?.signal))
        if (version !== undefined) kept.set(version, data)
        return {
          completeLength: data.byteLength,
          contentType: 'text/vtt',
          etag,
          lastModified,
          cacheControl,
          read: ({ firstPos, lastPos }) => data.subarray(firstPos, lastPos + 1),
          close() {},
        }
      } finally {
        await file.close()
      }
    },
  }
}

async function convert(file: WholeFile, key: string, signal: AbortSignal | undefined) {
  const text = decodeText(await readAll(file, signal), sidecarLanguage(key))
  return new TextEncoder().encode(/^WEBVTT(?:[ \t\r\n]|$)/.test(text) ? text : srtToVtt(text))
}

async function readAll(file: WholeFile, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (file.completeLength === 0) return new Uint8Array()
  const bytes = await file.read({ firstPos: 0, lastPos: file.completeLength - 1 }, { signal })
  const read = bytes instanceof Uint8Array ? bytes : new Uint8Array(await new Response(bytes).arrayBuffer())
  if (read.byteLength !== file.completeLength) throw new Error('The file was cut short while it was read')
  return read
}

import { cachedSource } from '@rangekit/block-cache'
import { cacheApiBlocks } from '@rangekit/block-cache/workers'
import type { RangeBytes, RangeSource, Representation } from '@rangekit/range-core'

export interface CachedMediaOptions {
  /** Bytes in a block. Default: 2 MiB, which a Worker reads from its cache in a few milliseconds. */
  readonly blockSize?: number
  /**
   * The most blocks that a request goes through the cache with. To look for a block and to keep it are a call of the
   * Cache API each, and a request has 50 on the free plan. Default: 20.
   */
  readonly maxBlocks?: number
}

const MIB = 1024 * 1024

/**
 * A source whose blocks are kept in the Cache API of Workers. The first blocks that a request reads go through the cache;
 * the rest of a long range is one read of the source.
 *
 * @param scope names the source in the cache, which the Workers of an account may share.
 */
export function cachedMedia(
  source: RangeSource,
  scope: string,
  { blockSize = 2 * MIB, maxBlocks = 20 }: CachedMediaOptions = {},
): RangeSource {
  return {
    async open(key, openOptions) {
      // Not in Node, where the tests import this file.
      const { waitUntil } = await import('cloudflare:workers')
      let opened: Representation | undefined
      const direct: RangeSource = {
        async open(...args) {
          opened = await source.open(...args)
          return opened
        },
      }
      const store = cacheApiBlocks({ waitUntil })
      // For each request its own: one request cannot wait for what another one reads.
      const options = { blockSize, memory: 0, store, scope, readAhead: 0 }
      const cached = await cachedSource(direct, options).open(key, openOptions)
      if (cached === undefined || opened === undefined) return undefined
      return partlyCached(cached, opened, blockSize, maxBlocks)
    },
  }
}

/** Reads its first blocks through a cache, and what comes behind them straight from the source. */
function partlyCached(
  cached: Representation,
  direct: Representation,
  blockSize: number,
  maxBlocks: number,
): Representation {
  const { completeLength, contentType, cacheControl, etag, lastModified, fields, digests } = direct
  let blocksLeft = maxBlocks
  return {
    completeLength,
    contentType,
    cacheControl,
    etag,
    lastModified,
    fields,
    digests,
    async read(range, options) {
      const { firstPos, lastPos } = range
      const firstBlock = Math.floor(firstPos / blockSize)
      const blocks = Math.floor(lastPos / blockSize) - firstBlock + 1
      const through = Math.min(blocks, blocksLeft)
      blocksLeft -= through
      if (through === blocks) return cached.read(range, options)
      if (through === 0) return direct.read(range, options)
      const border = (firstBlock + through) * blockSize
      const front = { firstPos, lastPos: border - 1 }
      // Awaited: what fails before the first byte can still be answered for.
      const first = await cached.read(front, options)
      return joined(first, () => direct.read({ firstPos: border, lastPos }, options))
    },
    close: () => cached.close(),
  }
}

/** Two parts of a range, one behind the other. Nothing is read before it is pulled. */
function joined(
  first: RangeBytes,
  readSecond: () => RangeBytes | Promise<RangeBytes>,
): ReadableStream<Uint8Array> {
  let reader = readerOf(first)
  let isSecond = false
  let isCancelled = false
  return new ReadableStream(
    {
      async pull(controller) {
        let { value } = await reader.read()
        if (value === undefined && !isSecond && !isCancelled) {
          isSecond = true
          reader = readerOf(await readSecond())
          // The reader may have left while it was opened.
          if (isCancelled) await reader.cancel()
          value = (await reader.read()).value
        }
        if (isCancelled) return
        if (value === undefined) controller.close()
        else controller.enqueue(value)
      },
      cancel(reason) {
        isCancelled = true
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

function readerOf(bytes: RangeBytes): ReadableStreamDefaultReader<Uint8Array> {
  const stream: ReadableStream<Uint8Array> =
    bytes instanceof ReadableStream ? bytes : new Blob([bytes]).stream()
  return stream.getReader()
}

import type { ByteRange, MaybePromise, OpenOptions, RangeSource, Representation } from '@rangekit/range-core'
import type { BlockStore } from './block-store.ts'
import { GuardedStore } from './blocks/guarded-store.ts'
import { MemoryBlocks } from './blocks/memory-blocks.ts'
import type { Shared } from './blocks/version.ts'
import { Versions } from './blocks/versions.ts'
import { type CacheListener, guarded } from './events.ts'
import { Opening } from './opening.ts'
import { type Cached, CachedRepresentation } from './reader/cached-representation.ts'
import { PassThrough } from './reader/pass-through.ts'

/** Options of {@link cachedSource}. */
export interface CachedSourceOptions {
  /** Bytes in a block, a whole number. Default: 1 MiB. */
  readonly blockSize?: number | undefined
  /**
   * The most bytes of blocks that are kept in memory. Those that are arriving take their room from it, but are not refused
   * if they need more. 0: none are kept. Default: 256 MiB.
   */
  readonly memory?: number | undefined
  /** A second, larger place for blocks, such as a disk. Default: none. */
  readonly store?: BlockStore | undefined
  /** Names the source in the store, which may outlive it: such as the URL of a bucket. Required with a store. */
  readonly scope?: string | undefined
  /** The most blocks that are fetched ahead of a reader that reads in sequence. 0: none. Default: 2. */
  readonly readAhead?: number | undefined
  /** Called with what happens. Default: nobody listens. */
  readonly onEvent?: CacheListener | undefined
}

/** A representation that may be cached. */
export interface CacheableRepresentation extends Representation {
  /**
   * How much of a range is in the cache, as far as that is known at once. Blocks that are on their way are not.
   * `bypass` if the representation is not cached at all.
   */
  cached(range: ByteRange): Cached
}

/** A source that keeps blocks of another one. */
export interface CachedSource extends RangeSource {
  open(key: string, options?: OpenOptions): MaybePromise<CacheableRepresentation | undefined>
}

const MIB = 1024 * 1024
/** The most bytes in one request to the source for a range that is not longer. */
const MAX_RUN = 8 * MIB
// A Cache-Control is a list of directives (9111 §5.2).
const NO_STORE = /(?:^|,)[ \t]*no-store[ \t]*(?:,|$)/i

/**
 * A source around another one that keeps blocks of what was read from it, in memory and in a store.
 *
 * Each `open` opens the source, so versions and metadata are the source's. Blocks are kept by key, strong entity tag and
 * complete length; a representation without a strong tag, that is still being written, or whose Cache-Control says
 * `no-store`, is passed through.
 *
 * Each missing block is fetched once, however many readers ask for it, and they get its bytes as they arrive. Missing
 * neighbours in a range of up to 8 MiB are one read of the source, and a reader that reads on in sequence has the next
 * blocks fetched ahead. A fetch ends when nobody is interested in it any more; blocks that arrived whole are kept. A
 * fetch that fails fails those who wait for it; the next reader tries again.
 *
 * @throws RangeError for sizes that are not whole numbers; TypeError for a store without a scope.
 * @example
 * const films = new Map([['film.mp4', { data: new Blob(['film']), etag: { opaque: 'v1', weak: false } }]])
 * const source = cachedSource(blobSource((key) => films.get(key)), { memory: 64 * 1024 * 1024 })
 * const response = await createHandler(source)(new Request('http://localhost/film.mp4'))
 * await response.text() // 'film'
 */
export function cachedSource(source: RangeSource, options: CachedSourceOptions = {}): CachedSource {
  const { blockSize = MIB, memory = 256 * MIB, store, scope = '', readAhead = 2 } = options
  checkWhole({ blockSize }, 1)
  checkWhole({ memory }, 0)
  checkWhole({ readAhead }, 0)
  if (store !== undefined && scope === '') throw new TypeError('A store needs a scope that names the source')
  const emit = guarded(options.onEvent)
  const room = store === undefined ? Math.min(MAX_RUN, memory / 2) : MAX_RUN
  const shared: Shared = {
    blockSize,
    maxRun: Math.max(1, Math.floor(room / blockSize)),
    readAhead,
    memory: new MemoryBlocks(memory, emit),
    store: store && new GuardedStore(store, emit),
    emit,
  }
  const versions = new Versions(shared, scope)

  function represent(key: string, opened: Representation): CacheableRepresentation {
    const { etag, completeLength, isComplete, cacheControl } = opened
    const isStored = cacheControl === undefined || !NO_STORE.test(cacheControl)
    const isWhole = completeLength !== undefined && isComplete !== false
    if (etag === undefined || etag.weak || !isStored || !isWhole) return new PassThrough(opened)
    return new CachedRepresentation(versions.find(key, etag.opaque, completeLength), opened)
  }

  return {
    open(key, openOptions) {
      const opening = new Opening(openOptions, (range) => versions.toFetch(key, range))
      const found = (opened: Representation | undefined) => {
        opening.end()
        return opened && represent(key, opened)
      }
      const failed = (error: unknown) => {
        opening.end()
        throw error
      }
      try {
        const opened = source.open(key, opening)
        return opened instanceof Promise ? opened.then(found, failed) : found(opened)
      } catch (error) {
        return failed(error)
      }
    },
  }
}

/** @throws RangeError for anything but a whole number from `least` on. */
function checkWhole(option: Readonly<Record<string, number>>, least: number): void {
  for (const [name, value] of Object.entries(option)) {
    if (!Number.isSafeInteger(value) || value < least)
      throw new RangeError(`${name} must be a whole number from ${least} on, not ${value}`)
  }
}

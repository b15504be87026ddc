import type { BlockId, BlockStore } from '../block-store.ts'
import { MemoryBlock } from '../memory-block.ts'

/** The part of a `Cache` that this package uses. */
export interface CacheLike {
  /** The response that is kept for a URL. */
  match(url: string): Promise<Response | undefined>
  /** Keeps a response for a URL. */
  put(url: string, response: Response): Promise<void>
}

/** Options of {@link cacheApiBlocks}. */
export interface CacheApiOptions {
  /** Where blocks are kept. Default: `caches.default`. */
  readonly cache?: CacheLike | undefined
  /**
   * Keeps the Worker running until a block is kept, as that of the request's context does. Default: a block that is
   * still being written when the response has ended may be lost.
   */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /**
   * The origin of the URLs under which blocks are kept. Nothing should be reachable there, so that blocks cannot be
   * requested from outside. Default: `https://blocks.rangekit.invalid`.
   */
  readonly origin?: string | undefined
}

/** The longest time that caches understand; they may forget a block at any time. */
const CACHE_CONTROL = 'public, max-age=31536000, immutable'
/** How many hashes of versions are remembered: a store may live as long as its Worker. */
const MAX_HASHES = 1000

/**
 * Keeps blocks in the Cache API of Cloudflare Workers, which keeps no 206: each block is a response with status 200 and
 * a URL made from a hash of its version.
 *
 * Such a cache belongs to one data center. It has no effect on `workers.dev`, only on domains of your own. Looking for a
 * block and keeping it are each one call of the Cache API, of which a request has 50 on the free plan.
 *
 * @example
 * const kept = new Map<string, Response>()
 * const cache: CacheLike = {
 *   match: async (url) => kept.get(url)?.clone(),
 *   put: async (url, response) => void kept.set(url, response),
 * }
 * const store = cacheApiBlocks({ cache })
 * const id = { version: 'film.mp4 "v1"', index: 0, length: 3 }
 * await store.put(id, new Uint8Array([1, 2, 3]))
 * const block = await store.take(id)
 * console.log(block?.bytes) // Uint8Array(3) [ 1, 2, 3 ]
 */
export function cacheApiBlocks(options: CacheApiOptions = {}): BlockStore {
  const { waitUntil, origin = 'https://blocks.rangekit.invalid' } = options
  const cacheOf = () => options.cache ?? defaultCache()
  const hashes = new Map<string, Promise<string>>()

  async function urlOf({ version, index, length }: BlockId): Promise<string> {
    const hash = hashes.get(version) ?? hashOf(version)
    if (hashes.size >= MAX_HASHES) hashes.clear()
    hashes.set(version, hash)
    return `${origin}/${await hash}/${index}-${length}`
  }

  async function take(id: BlockId): Promise<MemoryBlock | undefined> {
    const response = await cacheOf().match(await urlOf(id))
    if (response === undefined) return undefined
    const bytes = new Uint8Array(await response.arrayBuffer())
    return bytes.byteLength === id.length ? new MemoryBlock(bytes) : undefined
  }

  async function put(id: BlockId, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const headers = {
      'Cache-Control': CACHE_CONTROL,
      'Content-Length': String(bytes.byteLength),
      'Content-Type': 'application/octet-stream',
    }
    await cacheOf().put(await urlOf(id), new Response(bytes, { headers }))
  }

  return {
    has: () => undefined,
    // A cache that fails, or that may not be asked any more, has nothing.
    take: (id) => take(id).catch(() => undefined),
    put(id, bytes) {
      if (bytes.byteLength !== id.length) return
      const keeping = put(id, bytes).catch(() => undefined)
      waitUntil?.(keeping)
      return keeping
    },
  }
}

function defaultCache(): CacheLike {
  // Workers have it, browsers do not.
  const { default: cache } = caches as { default?: CacheLike }
  if (cache === undefined) throw new TypeError('There is no caches.default here')
  return cache
}

async function hashOf(version: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(version))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

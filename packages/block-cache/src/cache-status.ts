import {
  type Fields,
  type PlanRequest,
  planRepresentation,
  type RepresentationInfo,
} from '@rangekit/range-core'
import type { CacheableRepresentation } from './cached-source.ts'
import type { Cached } from './reader/cached-representation.ts'

/** Cache-Status (RFC 9211 §2) and the description in Server-Timing. */
const STATUS: Readonly<Record<Cached, readonly [status: string, description: string]>> = {
  all: ['rangekit; hit', 'hit'],
  some: ['rangekit; fwd=partial; stored', 'partial'],
  none: ['rangekit; fwd=miss; stored', 'miss'],
  bypass: ['rangekit; fwd=bypass', 'bypass'],
}

/**
 * The fields Cache-Status (RFC 9211) and Server-Timing for a response of a {@link cachedSource}: whether the bytes that
 * the request gets were in the cache when it came. Meant for the option `fields` of a handler.
 *
 * @param representation what the source has opened. None of its fields are sent for another source's.
 * @returns no fields if the response has no bytes of the representation.
 * @example
 * const film = { data: new Blob(['film']), etag: { opaque: 'v1', weak: false } }
 * const options = { fields: (request, key, found) => cacheStatus(request, found) }
 * const handler = createHandler(cachedSource(blobSource(() => film)), options)
 * const response = await handler(new Request('http://localhost/film.mp4'))
 * response.headers.get('Cache-Status') // 'rangekit; fwd=miss; stored'
 */
export function cacheStatus(request: PlanRequest, representation: RepresentationInfo): Fields {
  if (!isCacheable(representation) || request.method !== 'GET') return {}
  const { segments } = planRepresentation(request, representation)
  const parts = new Set<Cached>()
  for (const segment of segments) {
    if (segment.kind === 'range') parts.add(representation.cached(segment.range))
  }
  const [first] = parts
  if (first === undefined) return {}
  const [status, description] = STATUS[parts.size === 1 ? first : 'some']
  const detail = first === 'bypass' ? `; detail=${reasonOf(representation)}` : ''
  return { 'Cache-Status': status + detail, 'Server-Timing': `cache;desc=${description}` }
}

/** Why it is passed through. */
function reasonOf({ etag }: RepresentationInfo): string {
  return etag === undefined || etag.weak ? 'no-strong-validator' : 'no-store'
}

function isCacheable(representation: RepresentationInfo): representation is CacheableRepresentation {
  return 'cached' in representation && typeof representation.cached === 'function'
}

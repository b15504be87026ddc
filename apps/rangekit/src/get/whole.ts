import { parseReprDigest } from '@rangekit/http-source'
import type { Fields, ReprDigests } from '@rangekit/range-core'
import { nameOfUrl } from '../url-parts.ts'

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** A file that cannot be read in parts. */
export interface WholeFile {
  /** `undefined` if the server does not say. */
  readonly length: number | undefined
  readonly lastModified: number | undefined
  readonly disposition: string | undefined
  readonly digests: ReprDigests
  /** Its bytes; an error if there are fewer or more than `length`. */
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Milliseconds without an answer, or without a further byte. */
const TIMEOUT = 30_000

/** Asks for all of a file at once. */
export async function fetchWhole(
  url: string,
  headers: Fields,
  signal: AbortSignal,
  timeout = TIMEOUT,
): Promise<WholeFile> {
  const stalled = new AbortController()
  const within = async <T>(work: Promise<T>): Promise<T> => {
    const stall = () => stalled.abort(new Error(`${nameOfUrl(url)} sent nothing for ${timeout} ms`))
    const timer = setTimeout(stall, timeout)
    try {
      return await work
    } finally {
      clearTimeout(timer)
    }
  }
  const response = await within(follow(url, headers, AbortSignal.any([signal, stalled.signal])))
  const get = (name: string) => response.headers.get(name) ?? undefined
  const coding = get('content-encoding') ?? 'identity'
  // Also a 206 that was not asked for: it is not all of the file.
  const problem =
    response.status !== 200
      ? `${nameOfUrl(url)} was answered with ${response.status}`
      : coding !== 'identity' && `${nameOfUrl(url)} is sent in the coding ${coding}, which was not asked for`
  if (problem) {
    await response.body?.cancel()
    throw new Error(problem)
  }
  const announced = get('content-length')
  const length = announced === undefined ? undefined : Number(announced)
  return {
    length,
    lastModified: Date.parse(get('last-modified') ?? '') || undefined,
    disposition: get('content-disposition'),
    digests: parseReprDigest(get('repr-digest')),
    chunks: exactly(length, response.body ?? new Blob([]).stream(), within),
  }
}

/** Follows redirects; the fields of the request do not go to another host. */
async function follow(url: string, headers: Fields, signal: AbortSignal): Promise<Response> {
  const fixed = { 'accept-encoding': 'identity', 'want-repr-digest': 'sha-256=2, sha-512=1' }
  let target = url
  let own = headers
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(target, { headers: { ...own, ...fixed }, redirect: 'manual', signal })
    const location = response.headers.get('location')
    if (!REDIRECTS.has(response.status) || location === null) return response
    await response.body?.cancel()
    const next = new URL(location, target)
    if (!/^https?:$/.test(next.protocol))
      throw new Error(`${nameOfUrl(url)} was redirected to ${next.protocol}`)
    if (next.origin !== new URL(target).origin) own = {}
    target = next.href
  }
  throw new Error(`${nameOfUrl(url)} was redirected more than ${MAX_REDIRECTS} times`)
}

async function* exactly(
  length: number | undefined,
  stream: ReadableStream<Uint8Array>,
  within: <T>(work: Promise<T>) => Promise<T>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader()
  let bytes = 0
  try {
    for (let next = await within(reader.read()); !next.done; next = await within(reader.read())) {
      bytes += next.value.byteLength
      yield next.value
    }
  } finally {
    // For a caller that stops early; without effect on a stream that has ended.
    reader.cancel().catch(() => {})
  }
  if (length !== undefined && bytes !== length) throw new Error(`${bytes} of ${length} bytes arrived`)
}

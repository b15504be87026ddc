import type { RangeSource } from '@rangekit/range-core'
import { baseUrl, keyUrl } from './origin/key-url.ts'
import { Origin } from './origin/origin.ts'
import type { OriginOptions } from './origin/origin-options.ts'
import { type OriginSourceOptions, originSource } from './origin/origin-source.ts'

/** Options of {@link httpSource}. */
export interface HttpSourceOptions extends OriginOptions, OriginSourceOptions {}

/**
 * Serves what any HTTP origin has below a URL as a source of byte ranges.
 *
 * `open` asks with a GET of the range that is likely to be read, whose bytes then come with the metadata, or with HEAD if
 * there is none. Each further `read` is one Range request, bound by If-Match to the version that was opened. An answer
 * that is not exactly the range of that version is an {@link OriginError}, never a wrong byte; a version that has changed
 * is a `SourceBusyError` (503), and the next `open` finds the new one. What breaks is repeated from the byte that was
 * reached.
 *
 * @param base the URL in front of every key; a `/` is added if it does not end in one.
 * @throws TypeError if `base` is no HTTP URL, or has a query, a fragment or credentials.
 * @example
 * const handler = createHandler(httpSource('https://origin.example/films/'))
 */
export function httpSource(base: string | URL, options: HttpSourceOptions = {}): RangeSource {
  const root = baseUrl(base)
  return originSource(new Origin(options), (key) => keyUrl(root, key), options)
}

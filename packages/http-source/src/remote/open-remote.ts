import type { RangeSource } from '@rangekit/range-core'
import { Origin } from '../origin/origin.ts'
import { OriginError } from '../origin/origin-error.ts'
import type { OriginOptions } from '../origin/origin-options.ts'
import { originErrorOf } from './opened-file.ts'
import { type RemoteFile, remoteFile } from './remote-file.ts'
import { missing, remoteUrl } from './remote-info.ts'
import type { RemoteReadOptions } from './remote-slice.ts'

/** Options of {@link openRemote}. */
export interface RemoteOptions extends OriginOptions, RemoteReadOptions {
  /**
   * Puts a source between the file and the server, such as `(source) => cachedSource(source)` of
   * `@rangekit/block-cache`. The source that it gets has one key, the file. Default: none.
   */
  readonly through?: ((source: RangeSource) => RangeSource) | undefined
}

/**
 * Opens a file on a server, to be read in parts as a `Blob` is. It is described with one request; each read is a request
 * for a range of that same version.
 *
 * @param options those of the origin; `signal` ends the opening.
 * @throws OriginError if there is no such file (`missing`), nobody knows yet how long it will be (`no-length`), or it cannot
 * be read.
 * @throws TypeError if `url` is not one of http or https, or has a user name or a password.
 * @example
 * const file = await openRemote('https://media.example/film.mp4')
 * const head = await file.slice(0, 1024).bytes()
 */
export async function openRemote(url: string | URL, options: RemoteOptions = {}): Promise<RemoteFile> {
  const { through = (source) => source, signal, ...originOptions } = options
  const href = remoteUrl(url)
  const source = through(singleFile(href, new Origin(originOptions)))
  let representation: Awaited<ReturnType<RangeSource['open']>>
  try {
    representation = await source.open(keyOf(href), { signal })
  } catch (error) {
    throw originErrorOf(error)
  }
  if (representation === undefined) throw missing(href)
  const { completeLength } = representation
  if (completeLength === undefined) {
    await representation.close()
    throw new OriginError('no-length', `${href} has no complete length yet`)
  }
  return remoteFile(href, representation, completeLength)
}

/** A key without a slash, so that the empty segments of a URL do no harm. */
function keyOf(url: string): string {
  return encodeURIComponent(url)
}

/** A source whose only key is a file. Its faults stay what they are: nobody serves it. */
function singleFile(url: string, origin: Origin): RangeSource {
  return {
    async open(key, options) {
      if (key !== keyOf(url)) return undefined
      const version = await origin.describe(url, options?.signal)
      if (version === undefined) return undefined
      return {
        ...version,
        read: (range, reading) => origin.read(version, range, reading?.signal),
        close() {},
      }
    },
  }
}

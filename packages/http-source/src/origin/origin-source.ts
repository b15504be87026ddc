import { mediaType } from '@rangekit/media-type'
import {
  byteLength,
  type OpenOptions,
  type RangeBytes,
  type RangeSource,
  type Representation,
  SourceBusyError,
} from '@rangekit/range-core'
import type { Found } from './describe.ts'
import type { Origin } from './origin.ts'
import { OriginError } from './origin-error.ts'
import { VersionCache } from './version-cache.ts'

/** How an origin becomes a source. */
export interface OriginSourceOptions {
  /**
   * Milliseconds for which the length, the validators and the fields of a key are kept. A file that changes is noticed
   * when it is read all the same: that request fails with 503, the next one gets the new version. 0: each request asks.
   * Default: 5,000.
   */
  readonly keepFor?: number | undefined
  /** The media type of a key for which the origin names none, or application/octet-stream. Default: by its extension. */
  readonly contentType?: ((key: string) => string | undefined) | undefined
}

/** A range of up to this many bytes is one piece; a longer one is a stream. */
const MAX_BUFFERED = 64 * 1024
const NO_TYPE = 'application/octet-stream'

/**
 * A source of what an origin has.
 *
 * @param urlOf the URL of a key; `undefined` if the key can name nothing there.
 */
export function originSource(
  origin: Origin,
  urlOf: (key: string) => string | undefined,
  options: OriginSourceOptions = {},
): RangeSource {
  const { keepFor = 5000, contentType = mediaType } = options
  if (!(keepFor >= 0)) throw new RangeError(`Expected a number of at least 0 as keepFor, got ${keepFor}`)
  const versions = new VersionCache(origin, urlOf, keepFor)

  return {
    open(key, options) {
      const version = versions.kept(key)
      return version === undefined ? find(key, options) : represent(key, { version })
    },
  }

  async function find(key: string, options: OpenOptions | undefined): Promise<Representation | undefined> {
    try {
      const found = await versions.find(key, options)
      return found && represent(key, found)
    } catch (error) {
      throw faultOfSource(error)
    }
  }

  function represent(key: string, { version, part }: Found): Representation {
    const { completeLength, cacheControl, etag, lastModified, fields, digests } = version
    const named = version.contentType
    const translate = (error: unknown) => {
      if (error instanceof OriginError && error.fault === 'changed') versions.drop(key, version)
      return faultOfSource(error)
    }
    return {
      completeLength,
      contentType: named === undefined || named === NO_TYPE ? (contentType(key) ?? named) : named,
      cacheControl,
      etag,
      lastModified,
      fields,
      digests,
      async read(range, { signal } = {}): Promise<RangeBytes> {
        try {
          return byteLength(range) <= MAX_BUFFERED
            ? await origin.readBytes(version, range, signal, part)
            : await origin.read(version, range, signal, part, translate)
        } catch (error) {
          throw translate(error)
        }
      },
      close() {
        part?.end()
      },
    }
  }
}

/** What may work in a moment is answered with 503, everything else with 500. */
function faultOfSource(error: unknown): unknown {
  const isBusy = error instanceof OriginError && (error.fault === 'changed' || error.fault === 'busy')
  return isBusy ? new SourceBusyError(error.message, { cause: error }) : error
}

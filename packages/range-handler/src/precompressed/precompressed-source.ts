import {
  andThen,
  type MaybePromise,
  type OpenOptions,
  type RangeSource,
  type Representation,
  type RepresentationInfo,
} from '@rangekit/range-core'
import { type ContentCoding, codingReader } from './accepted-codings.ts'
import { MissingKeys } from './missing-keys.ts'
import { coded, codingOf, isCurrent, isUnstable, uncoded } from './sibling.ts'

/** Options of {@link precompressed}. */
export interface PrecompressedOptions {
  /** The codings to look for, the preferred one first. Default: br, zstd, gzip. */
  readonly codings?: readonly ContentCoding[] | undefined
  /**
   * Whether there may be siblings of a key. If not, none is looked for, and its responses have no Vary. Default:
   * everything but audio, video, and images other than SVG, BMP and icons, which are compressed already.
   */
  readonly mayHave?: ((key: string, original: RepresentationInfo) => boolean) | undefined
  /**
   * For how many milliseconds a sibling that was not found is taken to be missing. 0: every request looks.
   * Default: 1000.
   */
  readonly revalidateAfter?: number | undefined
}

const SUFFIXES: Readonly<Record<ContentCoding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' }
const DEFAULT_CODINGS: readonly ContentCoding[] = ['br', 'zstd', 'gzip']
const COMPRESSED = /^(?:audio|video)\/|^image\/(?!svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)/i

/**
 * A source that serves `KEY.br`, `KEY.zst` or `KEY.gz` in place of `KEY` to clients that accept the coding, with
 * Content-Encoding, the type of the original and validators of its own. Ranges and preconditions are those of the
 * compressed bytes (9110 §8.1, §14). Nothing is compressed here.
 *
 * A sibling is passed over if it is older than its original, if it is still being written, or its source says `no-store`,
 * since it may be, or if its source reports another Content-Encoding for it.
 *
 * None is looked for if the original is still being written, if its source says `no-store` of it or reports a
 * Content-Encoding for it, if the option `mayHave` excludes it, and if the key itself ends in `.br`, `.zst` or `.gz`. All
 * other responses have `Vary: Accept-Encoding`, whether there is a sibling or not: one may be added.
 *
 * A client that refuses `identity` gets the original all the same where no sibling will do (9110 §12.4.1).
 *
 * A request opens the original, and if the client accepts a coding, one sibling after the other until one will do. One
 * that is not there is not looked for again for a second.
 *
 * @param source where both are. What it throws, also for a sibling, is thrown.
 * @throws TypeError for a coding that is not known.
 * @example
 * const entries = new Map([['page.html', { data: new Blob(['<p>']) }], ['page.html.br', { data: new Blob(['br']) }]])
 * const handler = createHandler(precompressed(blobSource((key) => entries.get(key))))
 * const response = await handler(new Request('http://localhost/page.html', { headers: { 'Accept-Encoding': 'br' } }))
 * response.headers.get('Content-Encoding') // 'br'
 */
export function precompressed(source: RangeSource, options: PrecompressedOptions = {}): RangeSource {
  const { codings = DEFAULT_CODINGS, mayHave = isCompressible, revalidateAfter = 1000 } = options
  for (const coding of codings) {
    if (!Object.hasOwn(SUFFIXES, coding)) throw new TypeError(`Not a coding that is known: ${coding}`)
  }
  const acceptedCodings = codingReader(codings)
  const missing = new MissingKeys(revalidateAfter)

  /** The first sibling that will do, as its original in that coding. Whatever else it opens, it closes. */
  function openSibling(
    key: string,
    original: RepresentationInfo,
    accepted: readonly ContentCoding[],
    openOptions: OpenOptions | undefined,
  ): MaybePromise<Representation | undefined> {
    const [coding, ...others] = accepted
    if (coding === undefined) return undefined
    const next = () => openSibling(key, original, others, openOptions)
    const name = key + SUFFIXES[coding]
    if (missing.has(name)) return next()
    return andThen(source.open(name, openOptions), (sibling) => {
      if (sibling === undefined) {
        missing.add(name)
        return next()
      }
      if (isCurrent(sibling, original, coding)) return coded(sibling, original, coding)
      return andThen(sibling.close(), next)
    })
  }

  /** Whether the response depends on Accept-Encoding. */
  function isNegotiated(key: string, original: Representation): boolean {
    if (isUnstable(original) || codingOf(original) !== undefined) return false
    return !Object.values(SUFFIXES).some((suffix) => key.endsWith(suffix)) && mayHave(key, original)
  }

  function serve(
    key: string,
    original: Representation,
    openOptions: OpenOptions | undefined,
  ): MaybePromise<Representation> {
    return andThen(
      closingOnFault(original, () => isNegotiated(key, original)),
      (negotiated) => {
        if (!negotiated) return original
        const accepted = acceptedCodings(openOptions?.acceptEncoding)
        const opening = closingOnFault(original, () => openSibling(key, original, accepted, openOptions))
        return andThen(opening, (sibling) => {
          if (sibling === undefined) return uncoded(original)
          return closingOnFault(sibling, () => andThen(original.close(), () => sibling))
        })
      },
    )
  }

  return {
    open: (key, openOptions) =>
      andThen(source.open(key, openOptions), (original) => original && serve(key, original, openOptions)),
  }
}

function isCompressible(_key: string, { contentType = '' }: RepresentationInfo): boolean {
  return !COMPRESSED.test(contentType)
}

/** Runs `action`. If that throws or rejects, nobody else can close what is open. */
function closingOnFault<T>(opened: Representation, action: () => MaybePromise<T>): MaybePromise<T> {
  const fail = (error: unknown) =>
    andThen(opened.close(), () => {
      throw error
    })
  try {
    const result = action()
    return result instanceof Promise ? result.catch(fail) : result
  } catch (error) {
    return fail(error)
  }
}

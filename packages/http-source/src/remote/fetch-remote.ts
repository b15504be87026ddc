import { Origin } from '../origin/origin.ts'
import type { OriginOptions } from '../origin/origin-options.ts'
import { streamOf } from '../origin/reading-stream.ts'
import { missing, type RemoteInfo, remoteInfo, remoteUrl } from './remote-info.ts'
import type { RemoteReadOptions } from './remote-slice.ts'

/** All of a file on a server, on its way. Disposing it ends the request. */
export interface RemoteDownload extends RemoteInfo, AsyncDisposable {
  /** Bytes in it; `undefined` if the server does not say. */
  readonly size: number | undefined
  /**
   * Its bytes as they arrive, no faster than they are read. It errors with an `OriginError` if they are fewer or more
   * than `size`, or if none arrives within `timeout`.
   */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>
}

/**
 * Fetches all of a file with one request, in order: for a server without ranges, or whose `ETag` and `Last-Modified` do
 * not tell versions apart. To read parts, or to resume, use {@link openRemote}.
 *
 * The request is repeated until an answer has begun; a body that breaks is not, since nothing binds a second answer to
 * the first. In a browser, which always asks for compression, a file that is compressed on its way is an error.
 *
 * @param options those of the origin; `signal` ends the request and its body.
 * @returns must have its body read to the end, or cancelled, or be disposed: it holds a connection.
 * @throws OriginError if there is no such file (`missing`), the answer is compressed (`encoded`), or is no 200.
 * @throws TypeError if `url` is not one of http or https, or has a user name or a password.
 * @example
 * await using file = await fetchRemote('https://media.example/film.mp4')
 * for await (const chunk of file.body) console.log(chunk.byteLength, 'of', file.size)
 */
export async function fetchRemote(
  url: string | URL,
  options: OriginOptions & RemoteReadOptions = {},
): Promise<RemoteDownload> {
  const { signal, ...originOptions } = options
  const href = remoteUrl(url)
  const reading = await new Origin(originOptions).whole(href, signal)
  if (reading === undefined) throw missing(href)
  return {
    ...remoteInfo(href, reading.version),
    size: reading.size,
    body: streamOf(reading),
    async [Symbol.asyncDispose]() {
      reading.end()
    },
  }
}

import { gather } from './gather.ts'
import type { OpenedFile } from './opened-file.ts'
import { type SliceBounds, sliceBounds } from './slice-bounds.ts'

/** Options of a read. */
export interface RemoteReadOptions {
  /** Ends the read, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Part of a file on a server, like a part of a `Blob`: nothing is read before one of its methods asks for bytes. */
export interface RemoteSlice {
  /** Bytes in it. */
  readonly size: number
  /** Its media type: that of the server for a whole file; empty if there is none. */
  readonly type: string
  /**
   * A part of this part, as in `Blob.slice`.
   *
   * @param start the first byte; a negative number counts from the end. Default: 0.
   * @param end the byte behind the last one; a negative number counts from the end. Default: `size`.
   * @param type its media type. Default: empty.
   */
  slice(start?: number, end?: number, type?: string): RemoteSlice
  /** All of its bytes. */
  bytes(options?: RemoteReadOptions): Promise<Uint8Array<ArrayBuffer>>
  /** All of its bytes, in a buffer that holds nothing else. */
  arrayBuffer(options?: RemoteReadOptions): Promise<ArrayBuffer>
  /** Its bytes as UTF-8. */
  text(options?: RemoteReadOptions): Promise<string>
  /** Its bytes as they arrive: requested with the first read, and no faster than they are read. */
  stream(options?: RemoteReadOptions): ReadableStream<Uint8Array>
}

/** The part of an opened file between two positions. */
export function remoteSlice(file: OpenedFile, bounds: SliceBounds, type: string): RemoteSlice {
  const { start, end } = bounds
  const size = end - start
  const bytes = async ({ signal }: RemoteReadOptions = {}) => {
    const [all = new Uint8Array()] = await gather(file, [bounds], 0, signal)
    return all
  }
  return {
    size,
    type,
    slice(from, to, sliceType = '') {
      const inside = sliceBounds(size, from, to)
      return remoteSlice(file, { start: start + inside.start, end: start + inside.end }, sliceType)
    },
    bytes,
    arrayBuffer: async (options) => (await bytes(options)).buffer,
    text: async (options) => new TextDecoder().decode(await bytes(options)),
    stream: ({ signal } = {}) => streamOf(file, bounds, signal),
  }
}

function streamOf(
  file: OpenedFile,
  bounds: SliceBounds,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const leaving = new AbortController()
  const either = signal === undefined ? leaving.signal : AbortSignal.any([leaving.signal, signal])
  const chunks = file.read(bounds, either)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        // Copied: it may be a view of a block in a cache, and the reader may transfer its buffer.
        else controller.enqueue(new Uint8Array(value))
      },
      async cancel(reason) {
        leaving.abort(reason)
        // What a read under way rejects with is the reason.
        await chunks.return().catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}

type Chunk = Uint8Array<ArrayBuffer>

/** Bytes that arrive in order. */
export interface Reading {
  /** Whether all bytes were handed over. */
  readonly isComplete: boolean
  /** The next bytes; `undefined` after the last. */
  next(): Promise<Chunk | undefined>
  /** Breaks off what is under way. */
  end(reason?: unknown): void
}

/** Streams that were dropped without being read to their end must not keep their connection. */
const dropped =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry((reading: Reading) => reading.end())

/**
 * A reading as a stream, which reads nothing ahead.
 *
 * @param translate replaces the error of a body that fails. Default: none.
 */
export function streamOf(
  reading: Reading,
  translate: (error: unknown) => unknown = (error) => error,
): ReadableStream<Chunk> {
  const stream = new ReadableStream<Chunk>(
    {
      async pull(controller) {
        try {
          const chunk = await reading.next()
          if (chunk !== undefined) controller.enqueue(chunk)
          if (reading.isComplete) controller.close()
        } catch (error) {
          controller.error(translate(error))
        }
      },
      cancel(reason) {
        reading.end(reason)
      },
    },
    { highWaterMark: 0 },
  )
  dropped?.register(stream, reading)
  return stream
}

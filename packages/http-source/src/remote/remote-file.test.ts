import {
  type ByteRange,
  parseEntityTag,
  type RangeBytes,
  type Representation,
  SourceBusyError,
} from '@rangekit/range-core'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { OriginError } from '../origin/origin-error.ts'
import { remoteFile } from './remote-file.ts'

const BYTES = positionBytes(300_000)

/** A file of {@link BYTES} that remembers which ranges were read. */
function fileOf(change: Partial<Representation> = {}) {
  const asked: (readonly [start: number, end: number])[] = []
  const close = vi.fn()
  const {
    read = ({ firstPos, lastPos }: ByteRange) => BYTES.subarray(firstPos, lastPos + 1),
    completeLength = BYTES.length,
    ...others
  } = change
  const representation: Representation = {
    completeLength,
    contentType: 'video/mp4',
    etag: parseEntityTag('"a"'),
    lastModified: new Date(0),
    ...others,
    read(range, options) {
      asked.push([range.firstPos, range.lastPos + 1])
      return read(range, options)
    },
    close,
  }
  return { file: remoteFile('https://media.example/film.mp4', representation, completeLength), asked, close }
}

/** A stream that gives one chunk, and then waits until it is cancelled. */
function stalled(first: Uint8Array): {
  readonly stream: ReadableStream<Uint8Array>
  readonly cancel: unknown
} {
  const cancel = vi.fn()
  return {
    stream: new ReadableStream(
      { start: (controller) => controller.enqueue(first), cancel },
      { highWaterMark: 0 },
    ),
    cancel,
  }
}

describe('a remote file', () => {
  it('says what the server says of it', () => {
    expect(fileOf().file).toMatchObject({
      url: 'https://media.example/film.mp4',
      size: 300_000,
      type: 'video/mp4',
      etag: '"a"',
      lastModified: new Date(0),
    })
    expect(fileOf({ contentType: undefined, etag: undefined }).file).toMatchObject({
      type: '',
      etag: undefined,
    })
  })

  it('reads nothing before it is asked for bytes, and slices nest as those of a Blob', async () => {
    const { file, asked } = fileOf()
    const slice = file.slice(1000, -1000).slice(-500, -100, 'text/plain')
    expect([slice.size, slice.type, file.slice().type, asked]).toEqual([400, 'text/plain', '', []])
    expect(await slice.bytes()).toEqual(BYTES.subarray(298_500, 298_900))
    expect(asked).toEqual([[298_500, 298_900]])
  })

  it('gives an ArrayBuffer that holds the slice and nothing else', async () => {
    const buffer = await fileOf().file.slice(8, 16).arrayBuffer()
    expect(new Uint8Array(buffer)).toEqual(BYTES.subarray(8, 16))
  })

  it('gives chunks that its reader may change: a cache keeps bytes of its own', async () => {
    const cached = BYTES.slice()
    const { file } = fileOf({ read: ({ firstPos, lastPos }) => cached.subarray(firstPos, lastPos + 1) })
    for await (const { buffer } of file.slice(8, 16).stream()) structuredClone(buffer, { transfer: [buffer] })
    expect(await file.slice(8, 16).bytes()).toEqual(BYTES.subarray(8, 16))
  })

  it('decodes text as UTF-8', async () => {
    const bytes = new TextEncoder().encode('¡Hola!')
    const { file } = fileOf({ completeLength: bytes.length, read: () => bytes })
    expect(await file.text()).toBe('¡Hola!')
  })

  it('asks for nothing where there is nothing to read', async () => {
    const { file, asked } = fileOf()
    const empty = file.slice(10, 10)
    expect(await empty.bytes()).toEqual(new Uint8Array())
    expect(await new Response(empty.stream()).text()).toBe('')
    expect(await file.ranges([{ start: 5, end: 5 }])).toEqual([new Uint8Array()])
    expect(await file.ranges([])).toEqual([])
    expect(asked).toEqual([])
  })

  it.each<[string, (bytes: Uint8Array<ArrayBuffer>) => RangeBytes]>([
    ['bytes', (bytes) => bytes],
    ['a Blob', (bytes) => new Blob([bytes])],
    ['a stream', (bytes) => new Blob([bytes]).stream()],
  ])('reads a source that gives %s', async (_, form) => {
    const { file } = fileOf({ read: ({ firstPos, lastPos }) => form(BYTES.slice(firstPos, lastPos + 1)) })
    expect(sameBytes(await file.bytes(), BYTES)).toBe(true)
    const streamed = await new Response(file.slice(100, 200_000).stream()).bytes()
    expect(sameBytes(streamed, BYTES.subarray(100, 200_000))).toBe(true)
  })

  it.each([
    ['fewer', -1],
    ['more', 1],
  ])('rejects a range with %s bytes than it should have', async (word, extra) => {
    const { file } = fileOf({ read: ({ firstPos, lastPos }) => BYTES.slice(firstPos, lastPos + 1 + extra) })
    const wrong = { fault: 'wrong-length', message: `The range has ${word} bytes than it should` }
    await expect(file.slice(0, 10).bytes()).rejects.toMatchObject(wrong)
    await expect(new Response(file.slice(0, 10).stream()).bytes()).rejects.toMatchObject(wrong)
  })

  it('tells why a source in between was busy', async () => {
    const cause = new OriginError('changed', 'It is another file now')
    const { file } = fileOf({
      read() {
        throw new SourceBusyError('Try again', { cause })
      },
    })
    await expect(file.bytes()).rejects.toBe(cause)
    await expect(new Response(file.stream()).bytes()).rejects.toBe(cause)
  })
})

describe('the stream of a slice', () => {
  it('reads with the first pull, and no more than is pulled', async () => {
    const pulled = vi.fn((controller: ReadableStreamDefaultController) =>
      controller.enqueue(new Uint8Array(100)),
    )
    const { file, asked } = fileOf({ read: () => new ReadableStream({ pull: pulled }, { highWaterMark: 0 }) })
    const reader = file.stream().getReader()
    expect(asked).toEqual([])
    await reader.read()
    await reader.read()
    expect(pulled).toHaveBeenCalledTimes(2)
    await reader.cancel()
  })

  it('ends the read when it is cancelled, even while it waits', async () => {
    const { stream, cancel } = stalled(BYTES.slice(0, 10))
    const reader = fileOf({ read: () => stream })
      .file.stream()
      .getReader()
    await reader.read()
    const waiting = reader.read()
    await reader.cancel()
    expect((await waiting).done).toBe(true)
    expect(cancel).toHaveBeenCalledOnce()
  })
})

describe('a signal', () => {
  it('ends a read, and reaches the source', async () => {
    const { stream, cancel } = stalled(BYTES.slice(0, 10))
    const signals: (AbortSignal | undefined)[] = []
    const { file } = fileOf({
      read(_, options) {
        signals.push(options?.signal)
        return stream
      },
    })
    const leaving = new AbortController()
    const read = file.bytes({ signal: leaving.signal })
    leaving.abort(new Error('enough'))
    await expect(read).rejects.toThrow('enough')
    await expect.poll(() => cancel).toHaveBeenCalledOnce()
    expect(signals[0]?.aborted).toBe(true)
  })

  it('that is aborted already asks for nothing', async () => {
    const { file, asked } = fileOf()
    await expect(file.bytes({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
    expect(asked).toEqual([])
  })
})

describe('ranges', () => {
  it('asks once for neighbours, and gives the bytes in the order asked', async () => {
    const { file, asked } = fileOf()
    const wanted = [
      { start: 200_000, end: 200_010 },
      { start: 10, end: 20 },
      { start: 5, end: 15 },
      { start: 65_556, end: 65_557 },
      { start: -1 },
    ]
    const found = await file.ranges(wanted)
    expect(found).toEqual(wanted.map(({ start, end }) => BYTES.slice(start, end)))
    expect(asked).toEqual([
      [5, 65_557],
      [200_000, 200_010],
      [299_999, 300_000],
    ])
  })

  it('joins what touches or overlaps with a gap of 0', async () => {
    const { file, asked } = fileOf()
    const ranges = [0, 10, 15, 31].map((start) => ({ start, end: start + 10 }))
    await file.ranges(ranges, { maxGap: 0 })
    expect(asked).toEqual([
      [0, 25],
      [31, 41],
    ])
  })

  it('gives each range its own bytes, whatever the ranges, the gap and the pieces they arrive in', async () => {
    const range = fc.record({
      start: fc.integer({ min: -600, max: 600 }),
      end: fc.integer({ min: -600, max: 600 }),
    })
    const bytes = BYTES.slice(0, 500)
    await fc.assert(
      fc.asyncProperty(
        fc.array(range),
        fc.nat(100),
        fc.integer({ min: 1, max: 70 }),
        async (ranges, maxGap, piece) => {
          const { file } = fileOf({
            completeLength: bytes.length,
            read: ({ firstPos, lastPos }) => inPieces(bytes.slice(firstPos, lastPos + 1), piece),
          })
          const found = await file.ranges(ranges, { maxGap })
          expect(found).toEqual(ranges.map(({ start, end }) => bytes.slice(start, end)))
          expect(new Set(found.map(({ buffer }) => buffer)).size).toBe(found.length)
        },
      ),
    )
  })

  it('makes at most six requests at a time', async () => {
    let now = 0
    let most = 0
    const { file } = fileOf({
      async read({ firstPos, lastPos }) {
        most = Math.max(most, ++now)
        await new Promise((resolve) => setTimeout(resolve, 1))
        now--
        return BYTES.slice(firstPos, lastPos + 1)
      },
    })
    await file.ranges(
      Array.from({ length: 30 }, (_, index) => ({ start: index * 1000, end: index * 1000 + 1 })),
      { maxGap: 0 },
    )
    expect(most).toBe(6)
  })

  it('rejects with the first failure and ends the other requests', async () => {
    const { stream, cancel } = stalled(BYTES.slice(0, 10))
    const { file, asked } = fileOf({
      async read({ firstPos }) {
        if (firstPos === 0) return stream
        throw new OriginError('failed', 'The server answered 500')
      },
    })
    const ranges = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => ({
      start: index * 1000,
      end: index * 1000 + 100,
    }))
    await expect(file.ranges(ranges, { maxGap: 0 })).rejects.toThrow('The server answered 500')
    expect(cancel).toHaveBeenCalledOnce()
    expect(asked.length).toBeLessThan(ranges.length)
  })
})

describe('close', () => {
  it('ends reads, then closes the representation, once', async () => {
    const { stream, cancel } = stalled(BYTES.slice(0, 10))
    const { file, close } = fileOf({ read: () => stream })
    const reader = file.stream().getReader()
    await reader.read()
    const [bytes] = [file.bytes().catch((error: Error) => error.message)]
    await file.close()
    expect(cancel).toHaveBeenCalledOnce()
    expect(await bytes).toMatch(/closed|locked/)
    await expect(reader.read()).rejects.toThrow('The file is closed')
    await file.close()
    expect(close).toHaveBeenCalledOnce()
    await expect(file.slice(0, 1).bytes()).rejects.toThrow('The file is closed')
  })

  it('waits for a source that is still opening a range', async () => {
    const opened = Promise.withResolvers<RangeBytes>()
    const { stream, cancel } = stalled(BYTES.slice(0, 10))
    const { file, close } = fileOf({ read: () => opened.promise })
    const bytes = file.bytes().catch((error: Error) => error.message)
    const closing = file.close()
    await Promise.resolve()
    expect(close).not.toHaveBeenCalled()
    opened.resolve(stream)
    await closing
    expect(cancel).toHaveBeenCalledOnce()
    expect(await bytes).toBe('The file is closed')
    expect(close).toHaveBeenCalledOnce()
  })

  it('is what `await using` does', async () => {
    const { file, close } = fileOf()
    {
      await using opened = file
      await opened.slice(0, 10).bytes()
    }
    expect(close).toHaveBeenCalledOnce()
  })
})

function inPieces(bytes: Uint8Array, length: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += length) controller.enqueue(bytes.subarray(at, at + length))
      controller.close()
    },
  })
}

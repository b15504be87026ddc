import type { Segment } from '@rangekit/range-core'
import { describe, expect, it, vi } from 'vitest'
import {
  type Behaviour,
  countedRepresentation,
  deferredBody,
  literal,
  range,
  streamOf,
} from '../../test/support/sources.ts'
import { collect, versionBytes } from '../contract/fixture.ts'
import { aborted } from './outcome.ts'
import { exactBytes } from './read-range.ts'
import { streamBody } from './stream-body.ts'

const data = versionBytes(100, 1)

function planned(segments: readonly Segment[], behaviour: Behaviour = {}) {
  const counted = countedRepresentation(data, behaviour)
  return { ...deferredBody(segments, counted), log: counted.log }
}

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

describe('streamBody', () => {
  it('sends the segments in order, and closes at its end', async () => {
    const { body, log } = planned([literal('<'), range(0, 9), literal('|'), range(90, 99), literal('>')])
    const bytes = await collect(streamBody(body))
    const [open, bar, end] = ['<', '|', '>'].map((text) => text.charCodeAt(0))
    expect([...bytes]).toEqual([open, ...data.slice(0, 10), bar, ...data.slice(90), end])
    expect(log).toEqual(['read 0-9', 'read 90-99', 'close'])
  })

  it.each<[string, Behaviour['read']]>([
    ['bytes', ({ firstPos, lastPos }) => data.slice(firstPos, lastPos + 1)],
    ['bytes in a promise', async ({ firstPos, lastPos }) => data.slice(firstPos, lastPos + 1)],
    ['a Blob', ({ firstPos, lastPos }) => new Blob([data]).slice(firstPos, lastPos + 1)],
    ['a stream', ({ firstPos, lastPos }) => new Blob([data]).slice(firstPos, lastPos + 1).stream()],
    [
      'a stream of many pieces',
      ({ firstPos, lastPos }) =>
        streamOf(Array.from(data.slice(firstPos, lastPos + 1), (byte) => Uint8Array.of(byte))),
    ],
    [
      'a stream with empty pieces',
      ({ firstPos, lastPos }) =>
        streamOf([new Uint8Array(), data.slice(firstPos, lastPos + 1), new Uint8Array()]),
    ],
  ])('reads %s', async (_, read) => {
    const { body, log } = planned([range(3, 40), range(41, 41)], { ...(read && { read }) })
    expect(await collect(streamBody(body))).toEqual(data.slice(3, 42))
    expect(log).toEqual(['read 3-40', 'read 41-41', 'close'])
  })

  it('reads nothing ahead', async () => {
    const { body, log } = planned([range(0, 9), range(10, 19)])
    const reader = streamBody(body).getReader()
    await nextTurn()
    expect(log).toEqual([])
    await reader.read()
    await nextTurn()
    expect(log).toEqual(['read 0-9'])
    await reader.cancel()
  })

  it.each<[string, Behaviour['read'], string]>([
    ['too few bytes', () => new Uint8Array(9), 'ended 1 bytes early'],
    ['no bytes', () => new Uint8Array(0), 'ended 10 bytes early'],
    ['too many bytes', () => new Uint8Array(11), 'went on past its end'],
    ['a Blob that is too short', () => new Blob([new Uint8Array(7)]), 'ended 3 bytes early'],
    ['a Blob that is too long', () => new Blob([new Uint8Array(11)]), 'went on past its end'],
    [
      'a stream that is too short',
      () => streamOf([new Uint8Array(4), new Uint8Array(5)]),
      'ended 1 bytes early',
    ],
    ['an empty stream', () => streamOf([]), 'ended 10 bytes early'],
    [
      'a stream that is too long',
      () => streamOf([new Uint8Array(10), new Uint8Array(1)]),
      'went on past its end',
    ],
  ])('errors if the source gives %s, and closes', async (_, read, found) => {
    const { body, log } = planned([range(0, 9), range(20, 29)], { ...(read && { read }) })
    await expect(collect(streamBody(body))).rejects.toThrow(new Error(`The source of bytes 0-9 ${found}`))
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it('sends no byte past the end of a range', async () => {
    const { body } = planned([range(0, 9)], { read: () => streamOf([new Uint8Array(10), new Uint8Array(5)]) })
    const reader = streamBody(body).getReader()
    const first = await reader.read()
    expect(first.value?.byteLength).toBe(10)
    await expect(reader.read()).rejects.toThrow('went on past its end')
  })

  it('cancels a stream that gives too many bytes', async () => {
    const cancelled: string[] = []
    const read = () => streamOf([new Uint8Array(11)], () => void cancelled.push('cancelled'))
    const { body, log } = planned([range(0, 9)], { read })
    await expect(collect(streamBody(body))).rejects.toThrow('went on past its end')
    expect(cancelled).toEqual(['cancelled'])
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it.each<[string, Behaviour['read']]>([
    [
      'a read that throws',
      () => {
        throw new Error('read failed')
      },
    ],
    ['a read that rejects', () => Promise.reject(new Error('read failed'))],
    ['a stream that fails at once', () => streamOf([new Error('read failed')])],
    ['a stream that fails later', () => streamOf([new Uint8Array(5), new Error('read failed')])],
  ])('errors with the cause at %s, and closes', async (_, read) => {
    const { body, log } = planned([range(0, 9), range(20, 29)], { ...(read && { read }) })
    await expect(collect(streamBody(body))).rejects.toThrow(new Error('read failed'))
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it('errors if closing fails', async () => {
    const close = () => {
      throw new Error('cannot close')
    }
    const { body, log } = planned([range(0, 9)], { close })
    await expect(collect(streamBody(body))).rejects.toThrow(new Error('cannot close'))
    expect(log).toContain('close')
  })

  it('closes without a read when it is cancelled before the first', async () => {
    const { body, log } = planned([range(0, 9)])
    await streamBody(body).cancel()
    expect(log).toEqual(['close'])
  })

  it('cancels the stream that it was reading, then closes, when it is cancelled', async () => {
    const order: string[] = []
    const { body } = planned([range(0, 9), range(20, 29)], {
      read: () => streamOf([new Uint8Array(5), new Uint8Array(5)], () => void order.push('cancelled')),
      close: () => void order.push('closed'),
    })
    const reader = streamBody(body).getReader()
    await reader.read()
    await reader.cancel()
    await vi.waitFor(() => expect(order).toEqual(['cancelled', 'closed']))
  })

  /** A body with a read under way that settles by `settle`. */
  async function readingSlowly(kind: 'bytes' | 'a stream') {
    const order: string[] = []
    const arriving = Promise.withResolvers<void>()
    const { body } = planned([range(0, 9), range(20, 29)], {
      async read() {
        order.push('read')
        if (kind === 'bytes') await arriving.promise
        const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
          order.push('pull')
          await arriving.promise
          controller.enqueue(new Uint8Array(5))
        }
        const cancel = () => void order.push('cancelled')
        return kind === 'bytes'
          ? new Uint8Array(10)
          : new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
      },
      close: () => void order.push('closed'),
    })
    const reader = streamBody(body).getReader()
    const pending = reader.read()
    await nextTurn()
    order.length = 0
    const settle = () => {
      order.push('settled')
      arriving.resolve()
    }
    return { body, order, reader, pending, settle }
  }

  it.each([
    ['bytes', ['settled', 'closed']],
    ['a stream', ['settled', 'cancelled', 'closed']],
  ] as const)(
    'waits for a read of %s that is under way before it closes, but not in cancel',
    async (kind, expected) => {
      const { body, order, reader, pending, settle } = await readingSlowly(kind)
      await reader.cancel()
      expect(await pending).toEqual({ done: true, value: undefined })
      const closing = body.representation.end(aborted())
      await nextTurn()
      expect(order).toEqual([])
      settle()
      await closing
      expect(order).toEqual(expected)
    },
  )

  it.each([
    ['bytes', ['settled', 'closed']],
    ['a stream', ['settled', 'cancelled', 'closed']],
  ] as const)('errors if it ends during a read of %s, and reads nothing more', async (kind, expected) => {
    const { body, order, reader, pending, settle } = await readingSlowly(kind)
    const closing = body.representation.end(aborted())
    await nextTurn()
    expect(order).toEqual([])
    settle()
    await expect(pending).rejects.toThrow('The representation is closed')
    await closing
    await expect(reader.read()).rejects.toThrow('The representation is closed')
    expect(order).toEqual(expected)
  })

  it('errors if it ends between two reads, and cancels the stream that it was reading', async () => {
    const order: string[] = []
    const { body } = planned([range(0, 9)], {
      read: () => streamOf([new Uint8Array(5), new Uint8Array(5)], () => void order.push('cancelled')),
      close: () => void order.push('closed'),
    })
    const reader = streamBody(body).getReader()
    await reader.read()
    await body.representation.end(aborted())
    expect(order).toEqual(['cancelled', 'closed'])
    await expect(reader.read()).rejects.toThrow('The representation is closed')
    expect(order).toEqual(['cancelled', 'closed'])
  })

  it('errors without a read if it ends before the first', async () => {
    for (const segments of [[range(0, 9)], [literal('<'), range(0, 9)]]) {
      const { body, log } = planned(segments)
      const stream = streamBody(body)
      await body.representation.end(aborted())
      await expect(collect(stream)).rejects.toThrow('The representation is closed')
      expect(log).toEqual(['close'])
    }
  })

  it('aborts the signal of a read with the reason for which it is cancelled', async () => {
    const signals: AbortSignal[] = []
    const { body, log } = planned([range(0, 9)], {
      read: (_, options) =>
        new Promise((_resolve, reject) => {
          if (options?.signal === undefined) return
          signals.push(options.signal)
          options.signal.addEventListener('abort', () => reject(options.signal?.reason))
        }),
    })
    const reader = streamBody(body).getReader()
    const pending = reader.read()
    await nextTurn()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    const reason = new Error('gone')
    await reader.cancel(reason)
    expect(signals.map((signal) => signal.reason)).toEqual([reason])
    expect(await pending).toEqual({ done: true, value: undefined })
    await vi.waitFor(() => expect(log).toEqual(['read 0-9', 'close']))
  })

  it('reports a fault in closing after it was cancelled', async () => {
    const { body, faults } = planned([range(0, 9)], {
      close: () => Promise.reject(new Error('cannot close')),
    })
    await streamBody(body).cancel()
    await vi.waitFor(() => expect(faults).toEqual([new Error('cannot close')]))
  })

  it('does not abort the signal when it is complete', async () => {
    const signals: Array<AbortSignal | undefined> = []
    const { body } = planned([range(0, 9)], {
      read: (_, options) => {
        signals.push(options?.signal)
        return new Uint8Array(10)
      },
    })
    await collect(streamBody(body))
    expect(signals.map((signal) => signal?.aborted)).toEqual([false])
  })
})

describe('exactBytes', () => {
  it('returns what is as long as the range', () => {
    const bytes = new Uint8Array(10)
    const blob = new Blob([bytes])
    expect(exactBytes({ firstPos: 5, lastPos: 14 }, bytes)).toBe(bytes)
    expect(exactBytes({ firstPos: 5, lastPos: 14 }, blob)).toBe(blob)
  })

  it.each([9, 11])('rejects %i bytes for a range of ten', (length) => {
    expect(() => exactBytes({ firstPos: 5, lastPos: 14 }, new Uint8Array(length))).toThrow(
      'The source of bytes 5-14',
    )
    expect(() => exactBytes({ firstPos: 5, lastPos: 14 }, new Blob([new Uint8Array(length)]))).toThrow(
      'The source of bytes 5-14',
    )
  })
})

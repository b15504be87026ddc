import type { Segment } from '@rangekit/range-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FixedLengthPipe as Pipe } from '../../test/support/fixed-length-pipe.ts'
import {
  type Behaviour,
  countedRepresentation,
  deferredBody,
  literal,
  range,
  streamOf,
} from '../../test/support/sources.ts'
import { collect, versionBytes } from '../contract/fixture.ts'
import type { DeferredBody } from './deferred-body.ts'
import { endAtOnce, pipeBody } from './pipe-body.ts'
import { whenAborted } from './when-aborted.ts'

const data = versionBytes(100, 1)
const slice = (first: number, last: number) => data.slice(first, last + 1)

function planned(segments: readonly Segment[], behaviour: Behaviour = {}) {
  const counted = countedRepresentation(data, behaviour)
  return { ...deferredBody(segments, counted), log: counted.log }
}

const closedOnce = (log: readonly string[]) =>
  vi.waitFor(() => expect(log.filter((entry) => entry === 'close')).toEqual(['close']))

/** Pipes a body as `respond` does on workerd: its first range is read ahead. */
async function pipe(body: DeferredBody, signal?: AbortSignal) {
  const first = body.plan.segments.find((segment) => segment.kind === 'range')
  const ahead = first?.kind === 'range' ? await body.representation.read(first.range) : undefined
  whenAborted(signal, (reason) => endAtOnce(body, reason))
  return pipeBody(body, Pipe, ahead)
}

describe('pipeBody', () => {
  it.each<[string, Behaviour]>([
    ['bytes', {}],
    ['a Blob', { read: ({ firstPos, lastPos }) => new Blob([slice(firstPos, lastPos)]) }],
    ['a stream', { read: ({ firstPos, lastPos }) => new Blob([slice(firstPos, lastPos)]).stream() }],
    ['a promise', { read: async ({ firstPos, lastPos }) => slice(firstPos, lastPos) }],
  ])('sends the segments in order from %s, and closes at its end', async (_, behaviour) => {
    const { body, log, faults } = planned([literal('<'), range(0, 9), literal('>'), range(90, 99)], behaviour)
    const bytes = await collect(await pipe(body))
    expect([...bytes]).toEqual([0x3c, ...slice(0, 9), 0x3e, ...slice(90, 99)])
    await closedOnce(log)
    expect(log).toEqual(['read 0-9', 'read 90-99', 'close'])
    expect(faults).toEqual([])
  })

  it('reads the first range, and no other, before it resolves', async () => {
    const { body, log } = planned([literal('<'), range(0, 9), range(90, 99)])
    const readable = await pipe(body)
    expect(log).toEqual(['read 0-9'])
    await collect(readable)
  })

  it('throws the cause if the first range fails, and leaves closing to the caller', async () => {
    const { body, log } = planned([literal('<'), range(0, 9)], {
      read: () => Promise.reject(new Error('read failed')),
    })
    await expect(pipe(body)).rejects.toThrow(new Error('read failed'))
    expect(log).toEqual(['read 0-9'])
  })

  it.each<[string, Behaviour['read'], string]>([
    ['too few bytes', () => new Uint8Array(9), 'The source of bytes 0-9 ended 1 bytes early'],
    ['too many bytes', () => new Uint8Array(11), 'The source of bytes 0-9 went on past its end'],
    ['a stream too short', () => streamOf([new Uint8Array(9)]), 'did not see all expected bytes'],
    ['a stream too long', () => streamOf([new Uint8Array(11)]), 'too many bytes'],
    ['a stream that fails', () => streamOf([new Uint8Array(5), new Error('read failed')]), 'read failed'],
  ])('breaks if the source gives %s, and closes', async (_, read, found) => {
    const { body, log } = planned([range(0, 9)], { ...(read && { read }) })
    await expect(collect(await pipe(body))).rejects.toThrow(found)
    await closedOnce(log)
  })

  it('breaks if a later range fails, and closes', async () => {
    const { body, log } = planned([range(0, 9), range(90, 99)], {
      read: ({ firstPos, lastPos }) => {
        if (firstPos > 0) throw new Error('read failed')
        return slice(firstPos, lastPos)
      },
    })
    await expect(collect(await pipe(body))).rejects.toThrow('read failed')
    await closedOnce(log)
  })

  it('closes when its reader cancels it', async () => {
    const { body, log } = planned([range(0, 9), range(90, 99)])
    const readable = await pipe(body)
    await readable.cancel()
    await closedOnce(log)
  })

  it.each<[string, Behaviour]>([
    ['bytes that are not taken', {}],
    ['a stream that never ends', { read: () => new ReadableStream({}) }],
  ])('closes when the signal is aborted during %s', async (_, behaviour) => {
    const { body, log } = planned([range(0, 9), range(90, 99)], behaviour)
    const abandoned = new AbortController()
    await pipe(body, abandoned.signal)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(log).not.toContain('close')
    abandoned.abort()
    await closedOnce(log)
  })

  it('cancels the stream that it was piping when the signal is aborted', async () => {
    const reasons: unknown[] = []
    const { body, log } = planned([range(0, 9)], {
      read: () => new ReadableStream({ cancel: (reason) => void reasons.push(reason) }),
    })
    const abandoned = new AbortController()
    await pipe(body, abandoned.signal)
    await new Promise((resolve) => setTimeout(resolve, 5))
    abandoned.abort('gone')
    await closedOnce(log)
    await vi.waitFor(() => expect(reasons).toEqual(['gone']))
  })

  it('cancels the stream of the first range if its reader cancels before that', async () => {
    const order: string[] = []
    const { body } = planned([literal('<'), range(0, 9), range(90, 99)], {
      read: () => streamOf([new Uint8Array(10)], () => void order.push('cancelled')),
      close: () => void order.push('closed'),
    })
    const readable = await pipe(body)
    await readable.cancel()
    await vi.waitFor(() => expect(order).toEqual(['cancelled', 'closed']))
  })

  it('cancels the stream of the first range if the signal is aborted before that', async () => {
    const order: string[] = []
    const { body } = planned([literal('<'), range(0, 9), range(90, 99)], {
      read: () => streamOf([new Uint8Array(10)], () => void order.push('cancelled')),
      close: () => void order.push('closed'),
    })
    const abandoned = new AbortController()
    await pipe(body, abandoned.signal)
    abandoned.abort()
    await vi.waitFor(() => expect(order).toEqual(['cancelled', 'closed']))
  })

  it('closes if the signal was aborted before', async () => {
    const { body, log } = planned([range(0, 9), range(90, 99)])
    await pipe(body, AbortSignal.abort())
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it('aborts the read under way when the signal is aborted', async () => {
    const signals: Array<AbortSignal | undefined> = []
    const { body, log } = planned([range(0, 9), range(90, 99)], {
      read: ({ firstPos, lastPos }, options) => {
        signals.push(options?.signal)
        return firstPos === 0
          ? slice(firstPos, lastPos)
          : new Promise((_, reject) => {
              options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
            })
      },
    })
    const abandoned = new AbortController()
    const reader = (await pipe(body, abandoned.signal)).getReader()
    await reader.read()
    await vi.waitFor(() => expect(signals).toHaveLength(2))
    const reason = new Error('gone')
    abandoned.abort(reason)
    await expect(reader.read()).rejects.toThrow(reason)
    expect(signals.map((signal) => signal?.reason)).toEqual([reason, reason])
    await closedOnce(log)
  })

  it('breaks if ranges are too long and too short by the same number of bytes', async () => {
    const lengths = [9, 11]
    const { body, log } = planned([range(0, 9), range(90, 99)], {
      read: () => streamOf([new Uint8Array(lengths.shift() ?? 0)]),
    })
    await expect(collect(await pipe(body))).rejects.toThrow('The source of bytes 0-9 ended 1 bytes early')
    await closedOnce(log)
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it('reports a fault in closing', async () => {
    const close = () => {
      throw new Error('cannot close')
    }
    const { body, faults } = planned([range(0, 9)], { close })
    await collect(await pipe(body))
    await vi.waitFor(() => expect(faults).toEqual([new Error('cannot close')]))
  })
})

describe('respond', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it("pipes bodies if the runtime has a FixedLengthStream, with the request's signal", async () => {
    const lengths: number[] = []
    class Counting extends Pipe {
      constructor(expectedLength: number) {
        super(expectedLength)
        lengths.push(expectedLength)
      }
    }
    vi.stubGlobal('FixedLengthStream', Counting)
    vi.resetModules()
    const { createHandler } = await import('../handler.ts')
    const signals: unknown[] = []
    const representation = countedRepresentation(data, {
      read: ({ firstPos, lastPos }, options) => {
        signals.push(options?.signal)
        return slice(firstPos, lastPos)
      },
    })
    const source = { open: async () => representation }
    const small = await createHandler(source)(new Request('http://localhost/a'))
    expect(new Uint8Array(await small.arrayBuffer())).toEqual(data)
    expect(lengths).toEqual([])

    const large = createHandler(source, { readFirst: 10 })
    const piped = await large(new Request('http://localhost/a'))
    expect(new Uint8Array(await piped.arrayBuffer())).toEqual(data)
    expect(lengths).toEqual([100])
    expect(signals.at(-1)).toBeInstanceOf(AbortSignal)
  })
})

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { planResponse } from '@rangekit/range-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type Behaviour,
  countedRepresentation,
  deferredBody,
  range,
  sourceOf,
  streamOf,
} from '../../test/support/sources.ts'
import { versionBytes } from '../contract/fixture.ts'
import { createHandler } from '../handler.ts'
import { respond } from '../respond.ts'
import { streamBody } from './stream-body.ts'

const data = versionBytes(100_000, 1)

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** The body of a response, and what was done with its representation. */
async function answer(signal?: AbortSignal, behaviour: Behaviour = {}) {
  const representation = countedRepresentation(data, behaviour)
  const faults: unknown[] = []
  const plan = planResponse({ method: 'GET', headers: new Headers() }, representation)
  const onError = (error: unknown) => void faults.push(error)
  const response = await respond(plan, representation, { signal, onError })
  return { response, log: representation.log, faults }
}

const cannotClose = () => {
  throw new Error('cannot close')
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a body whose response is over', () => {
  it('is closed, and cannot be read, if nothing has begun to read it', async () => {
    const over = new AbortController()
    const { response, log } = await answer(over.signal)
    expect(log).toEqual([])
    over.abort()
    expect(log).toEqual(['close'])
    await expect(response.text()).rejects.toThrow('The representation is closed')
    expect(log).toEqual(['close'])
  })

  it('is closed if the response was over before', async () => {
    const { log } = await answer(AbortSignal.abort())
    expect(log).toEqual(['close'])
  })

  it('goes on if something has begun to read it', async () => {
    const over = new AbortController()
    const { response, log } = await answer(over.signal, {
      read: () => streamOf([data.slice(0, 50_000), data.slice(50_000)]),
    })
    const copy = response.clone()
    const reader = response.body?.getReader()
    await reader?.read()
    over.abort()
    // Does not resolve before the copy is cancelled as well.
    void reader?.cancel()
    expect(new Uint8Array(await copy.arrayBuffer())).toEqual(data)
    expect(log).toEqual(['read 0-99999', 'close'])
  })

  it('is closed after the stream that was read ahead is cancelled, even if that arrives just then', async () => {
    for (const arrival of ['before', 'just then'] as const) {
      const over = new AbortController()
      const order: string[] = []
      const representation = countedRepresentation(data, {
        read(_, options) {
          void options?.signal
          if (arrival === 'just then') queueMicrotask(() => over.abort())
          return streamOf([data], () => void order.push('cancelled'))
        },
        close: () => void order.push('closed'),
      })
      const plan = planResponse({ method: 'GET', headers: new Headers() }, representation)
      await respond(plan, representation, { signal: over.signal, readFirst: data.byteLength })
      over.abort()
      await vi.waitFor(() => expect(order).toEqual(['cancelled', 'closed']))
    }
  })

  it('reports a fault in closing once', async () => {
    const over = new AbortController()
    const faults: unknown[] = []
    const onError = (error: unknown) => void faults.push(error)
    const representation = countedRepresentation(data, {
      read(_, options) {
        void options?.signal
        return data
      },
      close: () => Promise.reject(new Error('cannot close')),
    })
    const plan = planResponse({ method: 'GET', headers: new Headers() }, representation)
    const responding = respond(plan, representation, {
      signal: over.signal,
      onError,
      readFirst: data.byteLength,
    })
    await expect(responding).rejects.toThrow('cannot close')
    over.abort()
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(faults).toEqual([])
  })

  it('reports a fault in closing', async () => {
    const over = new AbortController()
    const { faults } = await answer(over.signal, { close: cannotClose })
    over.abort()
    await vi.waitFor(() => expect(faults).toEqual([new Error('cannot close')]))
  })
})

describe('a body that was dropped', () => {
  const collected = (log: readonly string[], expected: readonly string[]) =>
    vi.waitFor(
      () => {
        collectGarbage()
        expect(log).toEqual(expected)
      },
      { timeout: 5000 },
    )

  /** Without a reference to the response that would live on. */
  const logOf = async (
    use: (response: Response) => unknown,
    behaviour: Behaviour = {},
    signal?: AbortSignal,
  ) => {
    const { response, log } = await answer(signal, behaviour)
    await use(response)
    return log
  }

  it('is closed when it is collected unread, even if the request lives on', async () => {
    const { signal } = new AbortController()
    await collected(await logOf(() => {}, {}, signal), ['close'])
    expect(signal.aborted).toBe(false)
  })

  it('is closed when it is collected unread, after the stream that was read ahead was cancelled', async () => {
    const order: string[] = []
    const drop = async () => {
      const representation = countedRepresentation(data, {
        read: () => streamOf([data], () => void order.push('cancelled')),
        close: () => void order.push('closed'),
      })
      const plan = planResponse({ method: 'GET', headers: new Headers() }, representation)
      await respond(plan, representation, { readFirst: data.byteLength })
      return representation.log
    }
    await collected(await drop(), ['read 0-99999', 'close'])
    expect(order).toEqual(['cancelled', 'closed'])
  })

  it('is closed when it is collected within its bytes, after the stream that it read was cancelled', async () => {
    const order: string[] = []
    const log = await logOf((response) => response.body?.getReader().read(), {
      read: () => streamOf([new Uint8Array(10), new Uint8Array(10)], () => void order.push('cancelled')),
      close: () => void order.push('closed'),
    })
    await collected(log, ['read 0-99999', 'close'])
    expect(order).toEqual(['cancelled', 'closed'])
  })

  it('is closed when all its copies are collected', async () => {
    await collected(await logOf((response) => response.clone().body?.getReader().read()), [
      'read 0-99999',
      'close',
    ])
  })

  it('stays open while one of its copies may still be read', async () => {
    let copy: Response | undefined
    const log = await logOf(
      async (response) => {
        copy = response.clone()
        await response.body?.getReader().read()
      },
      { read: () => streamOf([data.slice(0, 50_000), data.slice(50_000)]) },
    )
    for (let round = 0; round < 5; round++) {
      collectGarbage()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(log).toEqual(['read 0-99999'])
    expect(new Uint8Array((await copy?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(data)
    expect(log).toEqual(['read 0-99999', 'close'])
  })

  it('is closed once if it was read or cancelled before', async () => {
    for (const use of [
      (response: Response) => response.text(),
      (response: Response) => response.body?.cancel(),
    ]) {
      const log = await logOf(use)
      await collected(log, log)
      expect(log.filter((entry) => entry === 'close')).toEqual(['close'])
    }
  })

  it('is closed when the stream that a server made of it is collected within its bytes', async () => {
    const counted = countedRepresentation(data, {
      read: () => streamOf([new Uint8Array(10), new Uint8Array(10)]),
    })
    const segments = [range(0, 99_999)]
    const read = () => streamBody(deferredBody(segments, counted).body).getReader().read()
    expect((await read()).done).toBe(false)
    await collected(counted.log, ['read 0-99999', 'close'])
  })

  it('stays open if a server made a stream of it but sends it another way', async () => {
    const counted = countedRepresentation(data)
    streamBody(deferredBody([], counted).body)
    for (let round = 0; round < 5; round++) {
      collectGarbage()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(counted.log).toEqual([])
  })

  it('holds no request whose read never settles, once its client has left', async () => {
    const source = sourceOf(countedRepresentation(data, { read: () => new Promise(() => {}) }))
    const leave = async () => {
      const request = new Request('http://localhost/a')
      const response = await createHandler(source)(request)
      const reader = response.body?.getReader()
      void reader?.read()
      await new Promise((resolve) => setTimeout(resolve, 0))
      await reader?.cancel()
      return new WeakRef(request)
    }
    const request = await leave()
    await vi.waitFor(
      () => {
        collectGarbage()
        // Not the request itself, which a failed expectation would keep.
        expect(request.deref() === undefined).toBe(true)
      },
      { timeout: 5000 },
    )
  })

  it('writes a fault in closing to the console', async () => {
    const console_ = vi.spyOn(console, 'error').mockImplementation(() => {})
    await collected(await logOf(() => {}, { close: cannotClose }), ['close'])
    await vi.waitFor(() => expect(console_).toHaveBeenCalledExactlyOnceWith(new Error('cannot close')))
  })
})

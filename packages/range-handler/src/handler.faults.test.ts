import { type RangeSource, SourceBusyError } from '@rangekit/range-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { data, fail, films, get, quietHandler } from '../test/support/handlers.ts'
import { countedRepresentation, sourceOf } from '../test/support/sources.ts'
import { createHandler } from './handler.ts'
import type { HandlerOptions } from './handler-options.ts'

const failing = (error: unknown): RangeSource => ({ open: () => Promise.reject(error) })
const throwing = (error: unknown): RangeSource => ({
  open: () => {
    throw error
  },
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('createHandler at a fault', () => {
  it.each([
    ['rejects', failing],
    ['throws', throwing],
  ])('answers 500 with a fixed text if a source %s, and only logs the cause', async (_, sourceWith) => {
    const cause = new Error('secret: /srv/media is on fire')
    const { handler, faults } = quietHandler(sourceWith(cause))
    const response = await handler(get('/a'))
    expect(response.status).toBe(500)
    expect(await response.clone().text()).toBe('{"detail":"Internal error"}')
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-store',
      'content-length': '27',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
    })
    expect(faults).toEqual([cause])
  })

  it('answers 503 with Retry-After if the source is busy', async () => {
    const cause = new SourceBusyError('out of descriptors')
    const { handler, faults } = quietHandler(failing(cause))
    const response = await handler(get('/a'))
    expect(response.status).toBe(503)
    expect(await response.clone().text()).toBe('{"detail":"Busy, try again"}')
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-store',
      'content-length': '28',
      'content-type': 'application/json',
      'retry-after': '1',
      'x-content-type-options': 'nosniff',
    })
    expect(faults).toEqual([cause])
  })

  it('answers HEAD like GET, without a body', async () => {
    const { handler } = quietHandler(failing(new Error('read failed')))
    const response = await handler(get('/a', {}, 'HEAD'))
    expect(response.status).toBe(500)
    expect(response.headers.get('content-length')).toBe('27')
    expect(await response.text()).toBe('')
  })

  it('passes the request to `onError`', async () => {
    const onError = vi.fn()
    const request = get('/a')
    const cause = new Error('read failed')
    await createHandler(failing(cause), { onError })(request)
    expect(onError).toHaveBeenCalledExactlyOnceWith(cause, request)
  })

  it('writes to the console by default', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const cause = new Error('read failed')
    await createHandler(failing(cause))(get('/a'))
    expect(log).toHaveBeenCalledExactlyOnceWith(cause)
  })

  it('writes one line to the console for many requests to a busy source, and calls `onError` for each', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const source = failing(new SourceBusyError('No file can be opened just now'))
    const plain = createHandler(source)
    const { handler, faults } = quietHandler(source)
    for (let round = 0; round < 10; round++) await Promise.all([plain(get('/a')), handler(get('/a'))])
    expect(log.mock.calls).toEqual([['SourceBusyError: No file can be opened just now']])
    expect(faults).toHaveLength(10)
  })

  it('never logs what a client did', async () => {
    const { handler, faults } = quietHandler(films)
    for (const [path, fields, method] of [
      ['/missing', {}, 'GET'],
      ['/a/%zz', {}, 'GET'],
      ['/a/film.mp4', { Range: 'bytes=1000-' }, 'GET'],
      ['/a/film.mp4', { 'If-Match': '"v2"' }, 'GET'],
      ['/a/film.mp4', {}, 'POST'],
    ] as const) {
      await handler(get(path, fields, method))
    }
    expect(faults).toEqual([])
  })

  it.each<[string, HandlerOptions]>([
    [
      'key',
      {
        key: fail,
      },
    ],
    [
      'fields',
      {
        fields: fail,
      },
    ],
  ])('answers 500 if the option `%s` throws', async (_, options) => {
    const { handler, faults } = quietHandler(films, options)
    expect((await handler(get('/a/film.mp4'))).status).toBe(500)
    expect(faults).toEqual([new Error('read failed')])
  })

  it.each<[string, Parameters<typeof countedRepresentation>[1], HandlerOptions]>([
    ['an invalid length', { completeLength: -1 }, {}],
    ['an invalid entity tag', { etag: { opaque: '"', weak: false } }, {}],
    ['an invalid media type', { contentType: 'a\r\nb' }, {}],
    ['a read that fails', { read: () => Promise.reject(new Error('read failed')) }, {}],
    [
      'an option that throws',
      {},
      {
        fields: fail,
      },
    ],
  ])('has closed what it opened when it answers 500: %s', async (_, behaviour, options) => {
    const representation = countedRepresentation(data, behaviour)
    const { handler, faults } = quietHandler(sourceOf(representation), options)
    const response = await handler(get('/a', { Range: 'bytes=0-9,500-509,990-' }))
    if (response.status === 206) await expect(response.arrayBuffer()).rejects.toThrow('read failed')
    else expect([response.status, faults.length]).toEqual([500, 1])
    expect(representation.log.filter((entry) => entry === 'close')).toEqual(['close'])
  })

  it('answers even if the log throws', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const full = new Error('the log is full')
    const handler = createHandler(failing(new Error('read failed')), {
      onError: () => {
        throw full
      },
    })
    expect((await handler(get('/a'))).status).toBe(500)
    expect(log).toHaveBeenCalledExactlyOnceWith(full)
  })
})

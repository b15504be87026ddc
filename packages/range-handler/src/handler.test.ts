import type { RangeSource } from '@rangekit/range-core'
import { describe, expect, it, vi } from 'vitest'
import { data, films, get } from '../test/support/handlers.ts'
import { countedRepresentation, sourceOf } from '../test/support/sources.ts'
import { openExchange } from './deferred/exchange.ts'
import { createHandler } from './handler.ts'

describe('createHandler', () => {
  const handler = createHandler(films)

  it('serves the whole representation', async () => {
    const response = await handler(get('/a/film.mp4'))
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'content-length': '1000',
      'content-type': 'video/mp4',
      etag: '"v1"',
      'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
      'x-content-type-options': 'nosniff',
    })
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(data)
  })

  it('serves a range', async () => {
    const response = await handler(get('/a/film.mp4', { Range: 'bytes=10-19' }))
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe('bytes 10-19/1000')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(data.slice(10, 20))
  })

  it.each([
    [{ Range: 'bytes=1000-' }, 416],
    [{ 'If-None-Match': '"v1"' }, 304],
    [{ 'If-Match': '"v2"' }, 412],
  ])('answers %j with %i, and no body', async (fields, status) => {
    const response = await handler(get('/a/film.mp4', fields))
    expect(response.status).toBe(status)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toBe('')
  })

  it('answers HEAD like GET, without a body', async () => {
    const [head, whole] = await Promise.all([
      handler(get('/a/film.mp4', {}, 'HEAD')),
      handler(get('/a/film.mp4')),
    ])
    expect(head.status).toBe(200)
    expect([...head.headers]).toEqual([...whole.headers])
    expect(await head.text()).toBe('')
  })

  it('answers OPTIONS with the allowed methods, for any path', async () => {
    const response = await handler(get('/missing', {}, 'OPTIONS'))
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toEqual({
      allow: 'GET, HEAD, OPTIONS',
      'x-content-type-options': 'nosniff',
    })
    expect(await response.text()).toBe('')
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
    'answers %s with 405 and the allowed methods',
    async (method) => {
      const response = await handler(get('/a/film.mp4', {}, method))
      expect(response.status).toBe(405)
      expect(Object.fromEntries(response.headers)).toEqual({
        allow: 'GET, HEAD, OPTIONS',
        'content-length': '0',
        'x-content-type-options': 'nosniff',
      })
      expect(await response.text()).toBe('')
    },
  )

  it('answers 404 if there is no such representation', async () => {
    const response = await handler(get('/missing'))
    expect(response.status).toBe(404)
    expect(await response.clone().text()).toBe('{"detail":"Not found"}')
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-length': '22',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
    })
  })

  it('counts the bytes of the text of a 404, not its characters', async () => {
    const response = await createHandler(films, { notFound: 'Canción no encontrada' })(get('/missing'))
    expect(await response.clone().json()).toEqual({ detail: 'Canción no encontrada' })
    expect(response.headers.get('content-length')).toBe(String((await response.arrayBuffer()).byteLength))
  })

  it('answers HEAD with the same 404 as GET, without a body', async () => {
    const response = await handler(get('/missing', {}, 'HEAD'))
    expect(response.status).toBe(404)
    expect(response.headers.get('content-length')).toBe('22')
    expect(await response.text()).toBe('')
  })

  it.each(['/a/%66ilm.mp4', '/a//film.mp4', '/a%2Ffilm.mp4', '/', '/a/film.mp4/'])(
    'answers %s with 404, which is no canonical path',
    async (path) => {
      expect((await handler(get(path))).status).toBe(404)
    },
  )

  it('opens nothing for a request that has no key', async () => {
    const open = vi.fn(films.open)
    const response = await createHandler({ open }, { key: () => undefined })(get('/a/film.mp4'))
    expect(response.status).toBe(404)
    expect(open).not.toHaveBeenCalled()
  })

  it('passes Accept-Encoding to the source, with an exchange and without one', async () => {
    const open = vi.fn<RangeSource['open']>(() => undefined)
    const handler = createHandler({ open })
    const requests = ['gzip', '', undefined].map((value) =>
      get('/a', value === undefined ? {} : { 'Accept-Encoding': value }),
    )
    for (const request of requests) {
      await handler(request)
      openExchange(request)
      await handler(request)
    }
    expect(open.mock.calls.map(([, options]) => options?.acceptEncoding)).toEqual([
      'gzip',
      'gzip',
      '',
      '',
      undefined,
      undefined,
    ])
  })

  it('takes the key from the option `key`', async () => {
    const byQuery = createHandler(films, {
      key: ({ url }) => new URL(url).searchParams.get('name') ?? undefined,
    })
    expect((await byQuery(get('/?name=a/film.mp4'))).status).toBe(200)
    expect((await byQuery(get('/a/film.mp4'))).status).toBe(404)
  })

  it('passes its options on to the plan', async () => {
    const fields = vi.fn(() => ({ 'Content-Disposition': 'attachment' }))
    const handler = createHandler(films, { cacheControl: 'max-age=60', maxRanges: 1, fields })
    const request = get('/a/film.mp4', { Range: 'bytes=0-1,-1' })
    const response = await handler(request)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('max-age=60')
    expect(response.headers.get('content-disposition')).toBe('attachment')
    expect(fields).toHaveBeenCalledExactlyOnceWith(
      request,
      'a/film.mp4',
      expect.objectContaining({ completeLength: 1000 }),
    )
  })

  it('reads up to `readFirst` bytes before the head', async () => {
    const early = countedRepresentation(data)
    await createHandler(sourceOf(early), { readFirst: 1000 })(get('/a'))
    expect(early.log).toEqual(['read 0-999', 'close'])
    const late = countedRepresentation(data)
    const response = await createHandler(sourceOf(late), { readFirst: 999 })(get('/a'))
    expect(late.log).toEqual([])
    await response.arrayBuffer()
    expect(late.log).toEqual(['read 0-999', 'close'])
  })

  it('answers without a promise where the source needs none', async () => {
    const prompt: RangeSource = {
      open: (key) => (key === 'a' ? countedRepresentation(data, { readInto: () => 1 }) : undefined),
    }
    const handler = createHandler(prompt)
    expect(handler(get('/b'))).toMatchObject({ status: 404 })
    const request = get('/a')
    openExchange(request)
    expect(handler(request)).toBeInstanceOf(Response)
    // What has to be read first needs a promise.
    expect((await handler(get('/a', { Range: 'bytes=0-9' }))).status).toBe(206)
  })
})

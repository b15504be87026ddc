import { SourceBusyError } from '@rangekit/range-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { data, fail, films, get, quietHandler } from '../test/support/handlers.ts'
import { type Behaviour, countedRepresentation, sourceOf, streamOf } from '../test/support/sources.ts'
import { aborted, COMPLETE, failed } from './body/outcome.ts'
import { openExchange } from './deferred/exchange.ts'
import { reportTransfer, type Transfer } from './transfer.ts'

/** What a listener was told, in order. */
type Told = [
  event: 'begun' | 'ended',
  status: number,
  bytesSent: number | undefined,
  outcome: string | undefined,
]

function listen(source = films) {
  const told: Told[] = []
  const transfers: Transfer[] = []
  const note = (event: 'begun' | 'ended', { status, bytesSent, outcome }: Transfer) =>
    told.push([event, status, bytesSent, outcome?.kind])
  const { handler, faults } = quietHandler(source, {
    onTransfer(transfer) {
      transfers.push(transfer)
      note('begun', transfer)
      return (same) => {
        expect(same).toBe(transfer)
        note('ended', transfer)
      }
    },
  })
  return { handler, faults, told, transfers }
}

const stream = (behaviour: Behaviour = {}) =>
  sourceOf(
    countedRepresentation(data, {
      read: () => streamOf([data.slice(0, 600), data.slice(600)]),
      ...behaviour,
    }),
  )

afterEach(() => vi.restoreAllMocks())

describe('a transfer', () => {
  it('tells what was asked, what is planned, and when', async () => {
    const before = Date.now()
    const { handler, transfers } = listen()
    const request = get('/a/film.mp4', { Range: 'bytes=10-19' })
    await handler(request)
    const [transfer] = transfers
    expect(transfer).toMatchObject({
      key: 'a/film.mp4',
      status: 206,
      segments: [{ kind: 'range', range: { firstPos: 10, lastPos: 19 } }],
      length: 10,
      completeLength: 1000,
      bytesSent: 10,
      outcome: COMPLETE,
    })
    expect(transfer?.headers.get('Content-Range')).toBe('bytes 10-19/1000')
    expect(transfer?.request).toBe(request)
    expect(transfer?.startedAt).toBeGreaterThanOrEqual(before)
    expect(transfer?.duration).toBeGreaterThanOrEqual(0)
    expect(transfer?.duration).toBe(transfer?.duration)
  })

  it.each<[string, Request, number]>([
    ['HEAD', get('/a/film.mp4', {}, 'HEAD'), 200],
    ['a 304', get('/a/film.mp4', { 'If-None-Match': '"v1"' }), 304],
    ['a 412', get('/a/film.mp4', { 'If-Match': '"v2"' }), 412],
    ['a 416', get('/a/film.mp4', { Range: 'bytes=1000-' }), 416],
    ['a 404', get('/b'), 404],
    ['a 404 of a path that names no key', get('/a/../b//c'), 404],
    ['OPTIONS', get('/a/film.mp4', {}, 'OPTIONS'), 204],
    ['a 405', get('/a/film.mp4', {}, 'PUT'), 405],
  ])('of %s is complete with no byte of the representation', async (_, request, status) => {
    for (const prepare of [() => {}, openExchange]) {
      const { handler, told, transfers } = listen()
      const asked = request.clone()
      prepare(asked)
      await handler(asked)
      expect(told).toEqual([
        ['begun', status, 0, 'complete'],
        ['ended', status, 0, 'complete'],
      ])
      expect([transfers[0]?.length, transfers[0]?.segments]).toEqual([0, []])
    }
  })

  it('of several ranges counts the headers of the parts', async () => {
    const { handler, transfers } = listen()
    const response = await handler(get('/a/film.mp4', { Range: 'bytes=0-9,500-509' }))
    const body = await response.arrayBuffer()
    expect(transfers[0]).toMatchObject({ status: 206, length: body.byteLength, bytesSent: body.byteLength })
    expect(transfers[0]?.segments.map(({ kind }) => kind)).toEqual([
      'bytes',
      'range',
      'bytes',
      'range',
      'bytes',
    ])
  })

  it('grows with each piece that is read, and is complete after the last', async () => {
    const { handler, told, transfers } = listen(stream())
    const reader = (await handler(get('/a'))).body?.getReader()
    expect(told).toEqual([['begun', 200, 0, undefined]])
    await reader?.read()
    expect(transfers[0]?.bytesSent).toBe(600)
    await reader?.read()
    expect((await reader?.read())?.done).toBe(true)
    expect(told[1]).toEqual(['ended', 200, 1000, 'complete'])
  })

  it('is aborted after the bytes that were read, if the reader cancels', async () => {
    const { handler, told, transfers } = listen(stream())
    const reader = (await handler(get('/a'))).body?.getReader()
    await reader?.read()
    await reader?.cancel('enough')
    expect(told[1]).toEqual(['ended', 200, 600, 'aborted'])
    expect(transfers[0]?.outcome).toEqual(aborted('enough'))
  })

  it('is complete if the reader cancels after the last byte', async () => {
    const { handler, told } = listen(stream())
    const reader = (await handler(get('/a'))).body?.getReader()
    await reader?.read()
    await reader?.read()
    await reader?.cancel()
    expect(told[1]).toEqual(['ended', 200, 1000, 'complete'])
  })

  it('fails after the bytes that were read, if the source does', async () => {
    const cause = new Error('read failed')
    const { handler, told, transfers } = listen(stream({ read: () => streamOf([data.slice(0, 600), cause]) }))
    const response = await handler(get('/a'))
    await expect(response.arrayBuffer()).rejects.toThrow()
    expect(told[1]).toEqual(['ended', 200, 600, 'failed'])
    expect(transfers[0]?.outcome).toEqual(failed(cause))
  })

  it.each<[string, Behaviour, number]>([
    ['cannot be read', { read: fail }, 500],
    ['is busy', { read: () => Promise.reject(new SourceBusyError('busy')) }, 503],
    ['says what no field can carry', { contentType: 'a\nb' }, 500],
  ])('has the status of the fault, if a source %s before the head', async (_, behaviour, status) => {
    const { handler, told, transfers } = listen(sourceOf(countedRepresentation(data, behaviour)))
    const response = await handler(get('/a', { Range: 'bytes=0-9' }))
    expect(response.status).toBe(status)
    expect(told).toEqual([
      ['begun', status, 0, 'failed'],
      ['ended', status, 0, 'failed'],
    ])
    expect(transfers[0]?.headers.get('Content-Type')).toBe('application/json')
  })

  it('of a source that cannot open fails', async () => {
    const { handler, told } = listen({ open: fail })
    await handler(get('/a'))
    expect(told[1]).toEqual(['ended', 500, 0, 'failed'])
  })

  it('is a 499 if the client left before there was a response', async () => {
    const opening = Promise.withResolvers<undefined>()
    const { handler, told } = listen({ open: () => opening.promise })
    const request = get('/a')
    const exchange = openExchange(request)
    const answered = handler(request)
    exchange.end()
    opening.reject(new Error('aborted'))
    await answered
    expect(told).toEqual([
      ['begun', 499, 0, 'aborted'],
      ['ended', 499, 0, 'aborted'],
    ])
  })

  it('of a deferred body counts what the server says, and ends with the body', async () => {
    const opened = countedRepresentation(data, { readInto: () => 10 })
    const { handler, told } = listen(sourceOf(opened))
    const request = get('/a', { Range: 'bytes=0-99' })
    const exchange = openExchange(request)
    await handler(request)
    expect(told).toEqual([['begun', 206, 0, undefined]])
    const representation = exchange.last?.body.representation
    representation?.transfer?.sent(60)
    await representation?.end(aborted())
    await representation?.end(COMPLETE)
    expect(told.slice(1)).toEqual([['ended', 206, 60, 'aborted']])
  })

  it('of a deferred body that no server took is aborted', async () => {
    const { handler, told } = listen(sourceOf(countedRepresentation(data, { readInto: () => 10 })))
    const request = get('/a')
    const exchange = openExchange(request)
    await handler(request)
    exchange.end()
    await vi.waitFor(() => expect(told[1]).toEqual(['ended', 200, 0, 'aborted']))
  })

  it.each(['GET', 'HEAD'])('of %s that no response can carry fails, and is reported once', async (method) => {
    const { handler, told } = listen(
      sourceOf(countedRepresentation(data, { readInto: () => 10, contentType: 'text/plain\r\nA: b' })),
    )
    for (const prepare of [openExchange, () => {}]) {
      const request = get('/a', {}, method)
      prepare(request)
      expect((await handler(request)).status).toBe(500)
      expect(told.splice(0)).toEqual([
        ['begun', 500, 0, 'failed'],
        ['ended', 500, 0, 'failed'],
      ])
    }
  })

  it('is complete although its representation fails to close', async () => {
    const close = () => Promise.reject(new Error('cannot close'))
    const { handler, told, faults } = listen(stream({ close }))
    await (await handler(get('/a'))).arrayBuffer().catch(() => {})
    expect(told[1]).toEqual(['ended', 200, 1000, 'complete'])
    expect(faults.length).toBeLessThanOrEqual(1)
  })

  it('is served all the same if its listener throws', async () => {
    const console_ = vi.spyOn(console, 'error').mockImplementation(() => {})
    for (const onTransfer of [fail, () => fail]) {
      const { handler } = quietHandler(films, { onTransfer })
      const response = await handler(get('/a/film.mp4'))
      expect((await response.arrayBuffer()).byteLength).toBe(1000)
    }
    expect(console_).toHaveBeenCalledTimes(2)
  })
})

describe('reportTransfer', () => {
  it('tells of a response that no handler made', () => {
    const onEnd = vi.fn()
    const response = new Response(null, { status: 403, headers: { 'Cache-Control': 'no-store' } })
    reportTransfer(() => onEnd, get('/a'), response, 'a')
    expect(onEnd.mock.lastCall?.[0]).toMatchObject({
      key: 'a',
      status: 403,
      outcome: COMPLETE,
    })
    expect(onEnd.mock.lastCall?.[0].headers.get('Cache-Control')).toBe('no-store')
    expect(() => reportTransfer(undefined, get('/a'), response)).not.toThrow()
  })
})

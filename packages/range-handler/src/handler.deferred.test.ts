import { describe, expect, it, vi } from 'vitest'
import { data, fail, get, quietHandler } from '../test/support/handlers.ts'
import { type Behaviour, countedRepresentation, sourceOf } from '../test/support/sources.ts'
import { aborted } from './body/outcome.ts'
import { openExchange } from './deferred/exchange.ts'

describe('createHandler with a request whose server can read bodies into its own buffers', () => {
  const readInto = async (target: Uint8Array<ArrayBuffer>) => target.byteLength

  /** Asks a source for `/a`, and returns what was left for the server. */
  async function ask(behaviour: Behaviour, request = get('/a')) {
    const representation = countedRepresentation(data, behaviour)
    const exchange = openExchange(request)
    const { handler, faults } = quietHandler(sourceOf(representation))
    const response = await handler(request)
    return { response, body: exchange.last?.body, faults, representation, handler }
  }

  it('defers a body that can be read into buffers, unread and open', async () => {
    const { body, representation } = await ask({ readInto }, get('/a', { Range: 'bytes=0-9' }))
    expect(body?.plan).toMatchObject({
      status: 206,
      headers: { 'X-Content-Type-Options': 'nosniff' },
      segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 9 } }],
    })
    expect(representation.log).toEqual([])
    expect(await body?.representation.readInto?.(new Uint8Array(5), 0)).toBe(5)
    await Promise.all([body?.representation.end(aborted()), body?.representation.end(aborted())])
    expect(representation.log).toEqual(['close'])
  })

  it('lets a body end during a read: closes when that has settled, and begins no other', async () => {
    const arriving = Promise.withResolvers<number>()
    const { body, representation } = await ask({ readInto: () => arriving.promise })
    const reading = body?.representation.readInto?.(new Uint8Array(5), 0)
    const closing = body?.representation.end(aborted())
    expect(() => body?.representation.readInto?.(new Uint8Array(5), 5)).toThrow(
      'The representation is closed',
    )
    expect(representation.log).toEqual([])
    arriving.resolve(5)
    expect(await reading).toBe(5)
    await closing
    expect(representation.log).toEqual(['close'])
  })

  it('logs a late fault', async () => {
    const { body, faults } = await ask({ readInto })
    body?.onError('late')
    expect(faults).toEqual(['late'])
  })

  it.each([
    ['HEAD', get('/a', {}, 'HEAD'), 200],
    ['a 304', get('/a', { 'If-None-Match': '*' }), 304],
    ['a 412', get('/a', { 'If-Match': '"x"' }), 412],
    ['a 416', get('/a', { Range: 'bytes=1000-' }), 416],
  ])('defers only the head of %s, closed', async (_, request, status) => {
    const { body, response, representation } = await ask({}, request)
    expect([response.status, body?.plan.status, body?.plan.segments]).toEqual([status, status, []])
    expect(representation.log).toEqual(['close'])
    await body?.representation.end(aborted())
    expect([representation.log, body?.representation.outcome]).toEqual([['close'], { kind: 'complete' }])
  })

  it.each([
    ['throws', { close: () => fail() }],
    ['rejects', { close: async () => fail() }],
  ])('closes once and answers 500 if there is no body and closing %s', async (_, behaviour) => {
    const { response, faults, representation } = await ask(behaviour, get('/a', {}, 'HEAD'))
    expect(response.status).toBe(500)
    expect(faults).toEqual([new Error('read failed')])
    expect(representation.log).toEqual(['close'])
  })

  it('does not defer what cannot be read into buffers', async () => {
    const { body, representation } = await ask({}, get('/a', { Range: 'bytes=0-9' }))
    expect(body).toBeUndefined()
    expect(representation.log).toEqual(['read 0-9', 'close'])
  })

  it('makes a stream if the request was replaced on the way', async () => {
    const request = get('/a')
    const { handler, representation } = await ask({ readInto }, request)
    const response = await handler(new Request(request))
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(data)
    expect(representation.log).toEqual(['read 0-999', 'close'])
  })

  it.each(['GET', 'HEAD'])('closes and answers 500 if no response to %s can be made', async (method) => {
    vi.stubGlobal(
      'Response',
      class extends Response {
        constructor(...[body, init]: ConstructorParameters<typeof Response>) {
          if (init?.status === 200) fail()
          super(body, init)
        }
      },
    )
    try {
      const { response, faults, representation } = await ask({ readInto }, get('/a', {}, method))
      expect(response.status).toBe(500)
      expect(faults).toEqual([new Error('read failed')])
      await vi.waitFor(() => expect(representation.log).toEqual(['close']))
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

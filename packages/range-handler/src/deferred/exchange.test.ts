import { describe, expect, it, vi } from 'vitest'
import { countedRepresentation, deferredBody, range } from '../../test/support/sources.ts'
import { versionBytes } from '../contract/fixture.ts'
import { createHandler } from '../handler.ts'
import { deferredOf, isUntouched } from './deferred-response.ts'
import { exchangeOf, openExchange, reportFault } from './exchange.ts'

const SEGMENTS = [range(0, 9)]

function open() {
  const counted = countedRepresentation(versionBytes(10, 1))
  return { ...deferredBody(SEGMENTS, counted), log: counted.log }
}

describe('an exchange', () => {
  it('is found on the very request that it was opened on', () => {
    const request = new Request('http://localhost/')
    expect(exchangeOf(request)).toBeUndefined()
    const exchange = openExchange(request)
    expect(exchangeOf(request)).toBe(exchange)
    expect(exchangeOf(request.clone())).toBeUndefined()
    expect(exchangeOf(new Request(request))).toBeUndefined()
  })

  it('passes a body on in its response, and in the stream that was made of it', () => {
    const exchange = openExchange(new Request('http://localhost/'))
    const { body, log } = open()
    const response = exchange.defer(body)
    const deferred = deferredOf(response)
    expect(deferred?.body).toBe(body)
    expect(exchange.last).toBe(deferred)
    expect(deferredOf(response.body)).toBe(deferred)
    expect(deferredOf(new Response(response.body).body)).toBe(deferred)
    expect(deferred && isUntouched(deferred)).toBe(true)
    expect(deferredOf(new Response('other'))).toBeUndefined()
    expect(log).toEqual([])
  })

  it('distinguishes a body that is being read from an untouched one', async () => {
    for (const use of [
      (response: Response) => response.body?.getReader(),
      (response: Response) => response.clone(),
      (response: Response) => response.text(),
    ]) {
      const response = openExchange(new Request('http://localhost/')).defer(open().body)
      await use(response)
      const deferred = deferredOf(response)
      expect(deferred && isUntouched(deferred)).toBe(false)
    }
  })

  it('ends every body that was not taken when it is over, and those that are deferred later', async () => {
    const exchange = openExchange(new Request('http://localhost/'))
    const [taken, left, begun, late] = [open(), open(), open(), open()]
    for (const { body } of [taken, left, begun]) exchange.defer(body)
    exchange.take(taken.body)
    begun.body.representation.begin({}, async () => {})
    expect([exchange.isOver, exchange.signal.aborted]).toEqual([false, false])
    exchange.end()
    exchange.defer(late.body)
    expect([exchange.isOver, exchange.signal.aborted]).toEqual([true, true])
    await vi.waitFor(() => expect([left.log, late.log]).toEqual([['close'], ['close']]))
    expect(left.body.representation.outcome).toEqual({ kind: 'aborted', reason: undefined })
    expect([taken.log, begun.log]).toEqual([[], []])
  })

  it('knows the first fault that the app has reported, or its handler', async () => {
    const request = new Request('http://localhost/')
    reportFault(request, 'nobody asks')
    const exchange = openExchange(request)
    expect(exchange.fault).toBeUndefined()
    reportFault(request, 'the disk failed')
    reportFault(request, 'and more')
    expect(exchange.fault).toEqual({ kind: 'failed', cause: 'the disk failed' })

    const open = () => Promise.reject('the disk failed')
    const asked = new Request('http://localhost/a')
    const asking = openExchange(asked)
    await createHandler({ open }, { onError() {} })(asked)
    expect(asking.fault).toEqual({ kind: 'failed', cause: 'the disk failed' })
  })

  it('has an aborted signal if it was over before', () => {
    const exchange = openExchange(new Request('http://localhost/'))
    exchange.end()
    expect(exchange.signal.aborted).toBe(true)
  })

  it('makes responses of the class that is global at the time', () => {
    const exchange = openExchange(new Request('http://localhost/'))
    class Cheaper extends Response {}
    vi.stubGlobal('Response', Cheaper)
    try {
      expect(exchange.defer(open().body)).toBeInstanceOf(Cheaper)
    } finally {
      vi.unstubAllGlobals()
    }
    const response = exchange.defer(open().body)
    expect(response).toBeInstanceOf(Response)
    expect(response).not.toBeInstanceOf(Cheaper)
  })
})

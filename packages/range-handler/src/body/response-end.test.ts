import { EventEmitter } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openExchange } from '../deferred/exchange.ts'
import { responseEnd } from './response-end.ts'

const request = new Request('http://localhost/a')
const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A request whose signal must not be looked at. */
const untouchable = Object.defineProperty(new Request('http://localhost/a'), 'signal', {
  get() {
    throw new Error('The signal was looked at')
  },
})

describe('responseEnd', () => {
  it.each([undefined, null, 'info', 1, {}, { completed: true, outgoing: {} }])(
    "is the request's signal if the server passes nothing better: %j",
    (info) => {
      expect(responseEnd(request, info).signal).toBe(request.signal)
      // Only when it is asked for.
      responseEnd(untouchable, info)
    },
  )

  it('has no signal on Deno without `completed`, where reading it would print a warning', () => {
    vi.stubGlobal('Deno', {})
    expect(responseEnd(untouchable, {}).signal).toBeUndefined()
  })

  it.each(['resolve', 'reject'] as const)('is aborted when `completed` settles: %s', async (settle) => {
    const completed = Promise.withResolvers<unknown>()
    const signal = responseEnd(untouchable, { completed: completed.promise }).signal
    expect(signal?.aborted).toBe(false)
    completed[settle](new Error('HTTP response was not sent successfully'))
    await nextTurn()
    expect(signal?.aborted).toBe(true)
  })

  it('is aborted when the response of `node:http` is closed', () => {
    const outgoing = Object.assign(new EventEmitter(), { writableEnded: false })
    const signal = responseEnd(untouchable, { outgoing }).signal
    expect(signal?.aborted).toBe(false)
    outgoing.emit('close')
    expect(signal?.aborted).toBe(true)
  })

  it.each([
    ['request.signal', () => undefined],
    ['`completed`', () => ({ completed: new Promise(() => {}) })],
    ['`outgoing`', () => ({ outgoing: Object.assign(new EventEmitter(), { writableEnded: false }) })],
  ])('has the Accept-Encoding of the request where %s reports the end', (_, info) => {
    const negotiating = new Request('http://localhost/a', {
      headers: { 'Accept-Encoding': 'gzip, br;q=0.5' },
    })
    expect(responseEnd(negotiating, info()).acceptEncoding).toBe('gzip, br;q=0.5')
    expect(responseEnd(request, info()).acceptEncoding).toBeUndefined()
  })

  it.each([
    [{ clientAcceptEncoding: 'zstd' }, 'zstd'],
    [{ clientAcceptEncoding: '' }, ''],
    [{}, 'br, gzip'],
  ])('has the Accept-Encoding that the client sent to Cloudflare: %j', (cf, expected) => {
    const headers = { 'Accept-Encoding': 'br, gzip' }
    const replaced = Object.assign(new Request('http://localhost/a', { headers }), { cf })
    expect(responseEnd(replaced, undefined).acceptEncoding).toBe(expected)
    expect(openExchange(replaced).acceptEncoding).toBe(expected)
  })
})

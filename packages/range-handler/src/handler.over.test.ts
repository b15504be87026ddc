import type { RangeSource } from '@rangekit/range-core'
import { describe, expect, it, vi } from 'vitest'
import { data, fail, get, quietHandler } from '../test/support/handlers.ts'
import { countedRepresentation, sourceOf } from '../test/support/sources.ts'
import { versionBytes } from './contract/fixture.ts'
import { openExchange } from './deferred/exchange.ts'
import { createHandler } from './handler.ts'

describe('createHandler with a response that is over before it is sent', () => {
  const long = versionBytes(100_000, 1)
  const slow = (
    representation: ReturnType<typeof countedRepresentation>,
    opening: Promise<void>,
  ): RangeSource => ({
    open: async () => {
      await opening
      return representation
    },
  })

  /** Asks, and lets the response be over when the representation is being opened. */
  async function askTooLate(over: () => void, request: Request, info?: unknown) {
    const representation = countedRepresentation(long)
    const opening = Promise.withResolvers<void>()
    const { handler, faults } = quietHandler(slow(representation, opening.promise))
    const response = handler(request, info)
    over()
    await new Promise((resolve) => setTimeout(resolve, 0))
    opening.resolve()
    return { response: await response, log: representation.log, faults }
  }

  it('closes what it opens, reads nothing and logs nothing when the client has left', async () => {
    const client = new AbortController()
    const request = new Request('http://localhost/a', { signal: client.signal })
    const { response, log, faults } = await askTooLate(() => client.abort(), request)
    expect([response.status, response.body]).toEqual([499, null])
    expect([log, faults]).toEqual([['close'], []])
  })

  it('closes what it opens when the server reports that another response was sent', async () => {
    const completed = Promise.withResolvers<void>()
    // Like a request of `Deno.serve`, which throws from then on.
    const request = get('/a')
    const over = () => {
      Object.defineProperty(request, 'headers', {
        get: () => {
          throw new TypeError('Request closed')
        },
      })
      completed.resolve()
    }
    const { response, log, faults } = await askTooLate(over, request, { completed: completed.promise })
    expect(response.status).toBe(499)
    expect([log, faults]).toEqual([['close'], []])
  })

  it('aborts the open under way, and logs nothing', async () => {
    const client = new AbortController()
    const { handler, faults } = quietHandler({
      open: (_, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
        }),
    })
    const response = handler(new Request('http://localhost/a', { signal: client.signal }))
    client.abort(new Error('gone'))
    expect([(await response).status, faults]).toEqual([499, []])
  })

  it('aborts the first read under way, closes, and logs nothing', async () => {
    const client = new AbortController()
    const representation = countedRepresentation(long, {
      read: (_, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
        }),
    })
    const { handler, faults } = quietHandler(sourceOf(representation))
    const request = new Request('http://localhost/a', {
      signal: client.signal,
      headers: { Range: 'bytes=0-9' },
    })
    const response = handler(request)
    await vi.waitFor(() => expect(representation.log).toEqual(['read 0-9']))
    client.abort(new Error('gone'))
    expect([(await response).status, faults]).toEqual([499, []])
    expect(representation.log).toEqual(['read 0-9', 'close'])
  })

  it.each(['throws', 'rejects'])('logs nothing if open %s because the client has left', async (how) => {
    const { handler, faults } = quietHandler({
      open(_, options) {
        const { signal } = options ?? {}
        if (how === 'rejects') return Promise.reject(signal?.reason)
        signal?.throwIfAborted()
        return undefined
      },
    })
    const request = new Request('http://localhost/a', { signal: AbortSignal.abort() })
    expect([(await handler(request)).status, faults]).toEqual([499, []])
  })

  it('logs nothing if the first read fails by the signal of open', async () => {
    const client = new AbortController()
    let log: readonly string[] = []
    const { handler, faults } = quietHandler({
      open(_, options) {
        const representation = countedRepresentation(long, {
          read: () =>
            new Promise((_resolve, reject) => {
              options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
            }),
        })
        log = representation.log
        return representation
      },
    })
    const request = new Request('http://localhost/a', {
      signal: client.signal,
      headers: { Range: 'bytes=0-9' },
    })
    const response = handler(request)
    client.abort(new Error('gone'))
    expect([(await response).status, faults]).toEqual([499, []])
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it("passes on the exchange's signal, made on first use", async () => {
    const request = get('/a')
    const exchange = openExchange(request)
    const signals: Array<AbortSignal | undefined> = []
    const { handler } = quietHandler({
      open: (_, options) => {
        signals.push(options?.signal)
        return undefined
      },
    })
    await handler(request)
    exchange.end()
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
  })

  it('closes a body that nothing has begun to read', async () => {
    const completed = Promise.withResolvers<void>()
    const representation = countedRepresentation(long)
    const handler = createHandler(sourceOf(representation))
    const response = await handler(get('/a'), { completed: completed.promise })
    expect(response.status).toBe(200)
    expect(representation.log).toEqual([])
    completed.reject(new Error('HTTP response was not sent successfully'))
    await vi.waitFor(() => expect(representation.log).toEqual(['close']))
  })

  it('does not look at the signal of a request whose server opened an exchange, or whose body is short', async () => {
    const request = Object.defineProperty(get('/a', { Range: 'bytes=0-9' }), 'signal', {
      get: fail,
    })
    const prompt: RangeSource = { open: () => countedRepresentation(data, { readInto: () => 1 }) }
    expect((await createHandler(prompt)(request)).status).toBe(206)
    openExchange(request)
    const { handler, faults } = quietHandler(sourceOf(countedRepresentation(data, { readInto: () => 1 })))
    expect((await handler(request)).status).toBe(206)
    expect(faults).toEqual([])
  })

  it('logs a fault in closing what was opened too late', async () => {
    const { handler, faults } = quietHandler(sourceOf(countedRepresentation(long, { close: fail })))
    await handler(new Request('http://localhost/a', { signal: AbortSignal.abort() }))
    expect(faults).toEqual([new Error('read failed')])
  })
})

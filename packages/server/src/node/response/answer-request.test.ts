import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RangeSource } from '@rangekit/range-core'
import { createHandler, type HandlerOptions } from '@rangekit/range-handler'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { StallWatch } from '../connection/stall-watch.ts'
import { answerRequest } from './answer-request.ts'
import { Http1Channel } from './http1-channel.ts'

type Fetch = (request: Request) => Response | Promise<Response>

const server = createServer()
afterEach(() => {
  server.removeAllListeners('request').close()
  server.closeAllConnections()
})

/** A handler of ten bytes, which a server can read into its own buffers. */
function tenBytes(options: HandlerOptions = {}) {
  const close = vi.fn()
  const source: RangeSource = {
    open: () => ({
      completeLength: 10,
      read: () => new Uint8Array(10),
      readInto: ({ byteLength }) => byteLength,
      close,
    }),
  }
  const handler = createHandler(source, options)
  return { handler, close }
}

/** Asks a server that lets `fetch` answer, after something else has happened. */
async function ask(
  fetch: Fetch,
  before: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<unknown> = async () => {},
) {
  server.on('request', async (incoming, outgoing) => {
    await before(incoming, outgoing)
    const channel = new Http1Channel(outgoing, new StallWatch(1000), true)
    answerRequest(new Request('http://localhost/a'), channel, { fetch, fastPath: true })
  })
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write('GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  return socket
}

describe('bodies that were deferred for a request but not sent', () => {
  const replaced = new Response('another')

  it.each<[string, (handler: Fetch) => Fetch]>([
    [
      'if another response is sent',
      (handler) => async (request) => {
        await handler(request)
        await handler(request)
        return replaced.clone()
      },
    ],
    [
      'if the app does not wait for them',
      (handler) => (request) => {
        void handler(request)
        void handler(request)
        return replaced.clone()
      },
    ],
    [
      'if the app throws',
      (handler) => async (request) => {
        await handler(request)
        await handler(request)
        throw new Error('The app failed')
      },
    ],
    [
      'or later, if they are deferred after that',
      (handler) => (request) => {
        setTimeout(() => {
          void handler(request)
          void handler(request)
        }, 100)
        return replaced.clone()
      },
    ],
  ])('all end when the exchange is over, %s', async (_, app) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const { handler, close } = tenBytes()
    const socket = await ask(app(handler))
    await once(socket.resume(), 'close')
    await expect.poll(() => close).toHaveBeenCalledTimes(2)
    log.mockRestore()
  })

  it('end if another of them is sent', async () => {
    const { handler, close } = tenBytes()
    const socket = await ask(async (request) => {
      const response = await handler(request)
      await handler(request)
      return response
    })
    await once(socket.resume(), 'close')
    await expect.poll(() => close).toHaveBeenCalledTimes(2)
  })

  it('end at once if the client left before the app was asked', async () => {
    const { handler, close } = tenBytes()
    const socket = await ask(
      (request) => {
        void handler(request)
        return replaced.clone()
      },
      async (_, outgoing) => {
        socket.destroy()
        await once(outgoing, 'close')
      },
    )
    await expect.poll(() => close).toHaveBeenCalledTimes(1)
  })
})

it('answers the fault of an app with fields of its own, whatever was planned', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const { handler } = tenBytes({ cacheControl: 'no-store' })
  const socket = await ask(async (request) => {
    await handler(request)
    throw new Error('The app failed')
  })
  const answer = await text(socket)
  expect(answer).toMatch(/^HTTP\/1\.1 500 /)
  expect(answer).toContain('Cache-Control: no-store')
  log.mockRestore()
})

it('cancels a silent body if the client left before the app answered', async () => {
  const cancel = vi.fn()
  const asked = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const socket = await ask(
    async () => {
      asked.resolve()
      await left.promise
      return new Response(new ReadableStream({ cancel }))
    },
    async (_, outgoing) => {
      outgoing.once('close', left.resolve)
    },
  )
  await asked.promise
  socket.destroy()
  await left.promise
  await sleep(10)
  await expect.poll(() => cancel).toHaveBeenCalledTimes(1)
})

it('does not take for a fault that work fails for a client that has left', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const asked = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const failed = Promise.withResolvers<void>()
  const socket = await ask(
    async () => {
      asked.resolve()
      await left.promise
      failed.resolve()
      throw new Error('aborted')
    },
    async (_, outgoing) => {
      outgoing.once('close', left.resolve)
    },
  )
  await asked.promise
  socket.destroy()
  await failed.promise
  await sleep(10)
  expect(log).not.toHaveBeenCalled()
  log.mockRestore()
})

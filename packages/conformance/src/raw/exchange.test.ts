import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startRaw, type TestServer } from '../../test/support/reference-server.ts'
import { rawExchange, rawExchanges } from './exchange.ts'

const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
let server: TestServer | undefined

async function answering(onConnection: (socket: Socket) => void) {
  server = await startRaw(onConnection)
  return { host: '127.0.0.1', port: Number(new URL(server.url).port) }
}

const sending = (text: string, end = true) =>
  answering((socket) => {
    socket.on('data', () => {
      socket.write(text)
      if (end) socket.end()
    })
  })

afterEach(() => server?.close())

describe('rawExchange', () => {
  it('returns status, fields, body and framing', async () => {
    const target = await sending('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab')
    const answer = await rawExchange(target, request)
    expect(answer).toMatchObject({ status: 200, framing: 'content-length', complete: true, closed: true })
    expect(answer.body.toString()).toBe('ab')
    expect(answer.extraBytes.length).toBe(0)
  })

  it('returns bytes that follow the body', async () => {
    const target = await sending('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcde', false)
    const answer = await rawExchange(target, request)
    expect(answer.body.toString()).toBe('ab')
    expect(answer.extraBytes.toString()).toBe('cde')
    expect(answer.closed).toBe(false)
  })

  it('returns bytes that follow a response to HEAD', async () => {
    const target = await sending('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab')
    const answer = await rawExchange(target, 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(answer.extraBytes.toString()).toBe('ab')
  })

  it('marks a body that ends early as incomplete', async () => {
    const target = await sending('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab')
    const answer = await rawExchange(target, request)
    expect(answer).toMatchObject({ complete: false, cut: false })
    expect(answer.body.toString()).toBe('ab')
  })

  it('marks a body that stalls as incomplete after the timeout', async () => {
    const target = await sending('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab', false)
    expect(await rawExchange(target, request, { timeoutMs: 50 })).toMatchObject({
      complete: false,
      closed: false,
    })
  })

  it('stops reading at maxBytes', async () => {
    const target = await sending(
      `HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n${'x'.repeat(300_000)}`,
      false,
    )
    expect(await rawExchange(target, request, { maxBytes: 200_000 })).toMatchObject({
      complete: false,
      cut: true,
    })
  })

  it('throws with reason timeout when the server never answers', async () => {
    const target = await answering(() => undefined)
    await expect(rawExchange(target, request, { timeoutMs: 50 })).rejects.toMatchObject({ reason: 'timeout' })
  })

  it('throws with reason closed when the server closes without a response', async () => {
    const target = await sending('')
    await expect(rawExchange(target, request)).rejects.toMatchObject({ reason: 'closed' })
  })

  it('throws with reason malformed for a response that is not HTTP', async () => {
    const target = await sending('SSH-2.0-x\r\n')
    await expect(rawExchange(target, request)).rejects.toMatchObject({ reason: 'malformed' })
  })

  it('throws with reason refused when nothing listens on the port', async () => {
    const target = await sending('')
    await server?.close()
    await expect(rawExchange(target, request)).rejects.toMatchObject({ reason: 'refused' })
  })
})

describe('rawExchanges', () => {
  it('reads the responses to several requests in order', async () => {
    const target = await sending(
      'HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    )
    const answers = await rawExchanges(target, [request, request])
    expect(answers.map(({ status }) => status)).toEqual([304, 200])
  })

  it('returns bytes that are not a response as extraBytes', async () => {
    const target = await sending('HTTP/1.1 304 Not Modified\r\n\r\nabc')
    const answers = await rawExchanges(target, [request, request])
    expect(answers).toHaveLength(1)
    expect(answers[0]?.extraBytes.toString()).toBe('abc')
  })
})

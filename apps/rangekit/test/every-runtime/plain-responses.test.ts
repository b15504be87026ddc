import { setTimeout as sleep } from 'node:timers/promises'
import { sharedServer } from '@rangekit/test-kit/fixtures'
import { converse, exchange, field, openSocket, requestText } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { startScript } from '../support/server.ts'

const server = sharedServer(() => startScript('plain-server.ts'))

/** How many clients have left the endless bodies, as the server knows it. */
const countLeft = async () => Number((await exchange(server.port, 'GET /left')).body)

describe("an app's own response", () => {
  it.each([
    ['/text', 'hello'],
    ['/bytes', 'hello'],
    ['/blob', 'hello'],
    ['/form', 'a=hello'],
    ['/odd-names', 'hello'],
    ['/empty', ''],
    ['/nothing', ''],
    ['/quick-stream', 'hello'],
    ['/declared', 'hello'],
  ])('to GET %s has its Content-Length', async (path, body) => {
    const response = await exchange(server.port, `GET ${path}`)
    expect([response.status, response.framing, response.body.toString()]).toEqual([
      200,
      'content-length',
      body,
    ])
  })

  it.each(['/slow-stream', '/strings', '/stream-text', '/odd-length'])(
    'to GET %s is framed once',
    async (path) => {
      const answer = (
        await converse(server.port, requestText(`GET ${path}`, ['Connection: close']))
      ).toString()
      expect(answer.match(/^(?:Transfer-Encoding|Content-Length):/gim)?.length).toBe(1)
      expect((await exchange(server.port, `GET ${path}`)).body.toString()).toBe('hello')
    },
  )

  it('to HTTP/1.0 ends with the connection when its length is unknown', async () => {
    const answer = (await converse(server.port, 'GET /slow-stream HTTP/1.0\r\n\r\n')).toString()
    expect(answer).toMatch(/\r\n\r\nhello$/)
    expect(answer).not.toMatch(/^(?:Transfer-Encoding|Content-Length):/im)
  })

  it('has no Content-Length if it is a 204, and keeps all cookies', async () => {
    const empty = await exchange(server.port, 'GET /no-content')
    expect([empty.status, field(empty, 'content-length')]).toEqual([204, undefined])
    const { headers } = await exchange(server.port, 'GET /cookies')
    const cookies = headers.filter(({ name }) => name === 'Set-Cookie').map(({ value }) => value)
    expect(cookies).toEqual(['a=1', 'b=2'])
    expect(field(await exchange(server.port, 'GET /redirect'), 'location')).toBe('/text')
  })

  it('to HEAD has no body, and the next response follows it', async () => {
    const answer = await converse(
      server.port,
      requestText('HEAD /text') +
        requestText('HEAD /slow-stream') +
        requestText('GET /text', ['Connection: close']),
    )
    expect(answer.toString().match(/HTTP\/1\.1 200 OK/g)?.length).toBe(3)
    expect(answer.toString().match(/hello/g)?.length).toBe(1)
  })

  it.each(['/short', '/long', '/breaks'])('to GET %s breaks the connection', async (path) => {
    const answer = (
      await converse(server.port, requestText(`GET ${path}`) + requestText('GET /text'))
    ).toString()
    expect(answer.match(/HTTP\/1\.1/g)?.length).toBe(1)
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/)
    expect(answer.split('\r\n\r\n')[1]?.length ?? 0).toBeLessThan(10)
  })

  it.each(['/breaks-at-once', '/numbers', '/used', '/undefined'])('to GET %s is a 500', async (path) => {
    const response = await exchange(server.port, `GET ${path}`)
    expect([response.status, response.body.toString()]).toEqual([500, '{"detail":"Internal error"}'])
  })

  it('has the Content-Type that its body implies', async () => {
    const typeOf = async (path: string) => field(await exchange(server.port, `GET ${path}`), 'content-type')
    expect(await typeOf('/typed')).toBe('text/x-own')
    expect(await typeOf('/text')).toMatch(/^text\/plain; ?charset=UTF-8$/i)
    expect(await typeOf('/form')).toMatch(/^application\/x-www-form-urlencoded/)
    const multipart = await exchange(server.port, 'GET /multipart')
    const boundary = /^multipart\/form-data; ?boundary="?([^"]+)/.exec(
      field(multipart, 'content-type') ?? '',
    )?.[1]
    expect(multipart.body.toString().startsWith(`--${boundary}`)).toBe(true)
    expect((await exchange(server.port, 'HEAD /multipart')).status).toBe(200)
    expect((await exchange(server.port, 'GET /text')).status).toBe(200)
  })

  it('leaves the connection usable when the app does not read the content of the request', async () => {
    for (const method of ['GET /text', 'GET /a/../b', 'POST /a/../b', 'POST /none']) {
      const socket = await openSocket(server.port)
      let answer = ''
      socket.on('data', (piece) => {
        answer += piece
      })
      socket.write(`${requestText(method, ['Content-Length: 300000'])}${'x'.repeat(300_000)}`)
      await expect.poll(() => answer).toMatch(/\r\n\r\n/)
      await sleep(50)
      socket.write(requestText('GET /text', ['Connection: close']))
      await expect.poll(() => answer, { message: method }).toMatch(/200 OK\r\n[\s\S]*\r\n\r\nhello$/)
      socket.destroy()
    }
  })

  it('starts before its first event, and is aborted when the client leaves', async () => {
    const before = await countLeft()
    const socket = await openSocket(server.port)
    let answer = ''
    socket.on('data', (piece) => {
      answer += piece
    })
    socket.write(requestText('GET /events'))
    await expect.poll(() => answer, { interval: 5 }).toContain('text/event-stream')
    expect(answer).not.toContain('one')
    await expect.poll(() => answer).toContain('data: one')
    socket.destroy()
    await expect.poll(countLeft).toBe(before + 1)
  })

  it('waits for a client that does not read, and is aborted when the client leaves', async () => {
    const before = await countLeft()
    const socket = await openSocket(server.port)
    socket.pause().write(requestText('GET /forever'))
    await sleep(300)
    socket.destroy()
    await expect.poll(countLeft).toBe(before + 1)
  })

  it('may echo the content of the request', async () => {
    const request = requestText('POST /echo', ['Content-Length: 5', 'Connection: close'])
    expect((await converse(server.port, `${request}hello`)).toString()).toMatch(/\r\n\r\nhello$/)
  })

  it.each([
    ['POST', 'hello'],
    ['OPTIONS', ''],
    ['GET', ''],
  ])('may be made from another request that has all of a %s but its URL', async (method, content) => {
    const fields = [`Content-Length: ${content.length}`, 'Connection: close']
    const answer = await converse(server.port, requestText(`${method} /copied`, fields) + content)
    expect(answer.toString()).toContain(`\r\n\r\n${method} /other ${content}`)
  })
})

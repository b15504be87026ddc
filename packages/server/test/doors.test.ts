/** The same behaviour through every framework on `node:http`. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type StreamOptions, signUrl, streamHandler } from '@rangekit/range-handler'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { converse, exchange, field, openSocket, requestText } from '@rangekit/test-kit/raw'
import { afterEach, describe, expect, it, vi } from 'vitest'
import './support/poison.ts'
import { BYTES, countingSource } from './support/counting-source.ts'
import { close, DOORS, listen } from './support/doors.ts'

const secret = 'known to two'
const servers: Server[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map(close))
  vi.restoreAllMocks()
})

describe.each(DOORS)('through $name', ({ name, isMounted, serverOf }) => {
  async function start(options: StreamOptions = {}) {
    const { source, open } = countingSource()
    const handler = streamHandler(source, { ...(isMounted ? {} : { prefix: '/api/stream' }), ...options })
    const server = await serverOf(handler)
    servers.push(server)
    return { port: await listen(server), open }
  }

  it('a range is exact, with its length, and a later one of the same connection, too', async () => {
    const { port, open } = await start()
    const ask = (range: string) => requestText('GET /api/stream/film.mp4', [`Range: bytes=${range}`])
    const last = requestText('GET /api/stream/film.mp4', ['Range: bytes=-1', 'Connection: close'])
    const text = (await converse(port, ask('0-1') + ask('4-7') + last)).toString('latin1')
    expect(text.match(/HTTP\/1\.1 206 Partial Content\r\n/g)).toHaveLength(3)
    expect(text.match(/^content-length: .*/gim)).toEqual([
      'Content-Length: 2',
      'Content-Length: 4',
      'Content-Length: 1',
    ])
    expect(text).toContain('bytes 4-7/300000')
    expect(text).not.toMatch(/transfer-encoding/i)
    expect(open()).toBe(0)
  })

  it.each([
    ['GET', '/film.mp4', [], 200, '300000'],
    ['HEAD', '/film.mp4', ['Range: bytes=0-1'], 200, '300000'],
    ['GET', '/a/My%20film.mp4', ['Range: bytes=0-1'], 206, '2'],
    ['GET', '/film.mp4', ['If-None-Match: "v1"'], 304, undefined],
    ['GET', '/film.mp4', ['Range: bytes=300000-'], 416, '0'],
    ['GET', '/film.mp4', ['If-Match: "v2"'], 412, '0'],
    ['GET', '/missing.mp4', [], 404, '22'],
    ['POST', '/film.mp4', ['Content-Length: 0'], 405, '0'],
  ])('%s %s with %j is a %i of %s bytes', async (method, path, fields, status, length) => {
    const { port, open } = await start()
    const response = await exchange(port, `${method} /api/stream${path}`, fields)
    expect([response.status, field(response, 'content-length')]).toEqual([status, length])
    if (status === 200 && method === 'GET') expect(sameBytes(response.body, BYTES)).toBe(true)
    expect(open()).toBe(0)
  })

  // Polka takes all of such a target for the path, and finds no route.
  it.skipIf(name === 'Polka')('a target in absolute form is served (9112 §3.2.2)', async () => {
    const { port } = await start()
    const response = await exchange(port, `GET http://127.0.0.1:${port}/api/stream/film.mp4`, [
      'Range: bytes=0-1',
    ])
    expect([response.status, response.body.toString('hex')]).toEqual([206, '0000'])
  })

  it('OPTIONS says which methods there are', async () => {
    const { port } = await start({ cors: 'https://player.example' })
    const response = await exchange(port, 'OPTIONS /api/stream/film.mp4', ['Origin: https://player.example'])
    expect([response.status, field(response, 'allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
    expect(field(response, 'access-control-allow-origin')).toBe('https://player.example')
  })

  it.each(['film.mp4', 'missing.mp4'])('fields that were set before stand: %s', async (name) => {
    const { port } = await start()
    expect(field(await exchange(port, `GET /api/stream/${name}`), 'x-early')).toBe('yes')
  })

  it('a signed link is for the whole path', async () => {
    const { port } = await start({ signed: { secrets: [secret] } })
    const link = await signUrl('/api/stream/film.mp4', { secret, expiresIn: 60 })
    expect((await exchange(port, `GET ${link}`)).status).toBe(200)
    expect((await exchange(port, `GET ${link.replace('film', 'long')}`)).status).toBe(403)
  })

  it.each([
    '/api/stream/x/../film.mp4',
    '/api/stream/./film.mp4',
    '/api/stream/%2e%2e/stream/film.mp4',
    '/api/stream/%66ilm.mp4',
    '/api/stream//film.mp4',
    '/api//stream/film.mp4',
    '/api/stream.film.mp4',
    '/api/stream',
    '/api/stream/',
  ])('%s is not another spelling of a file', async (target) => {
    const { port } = await start()
    const { status } = await exchange(port, `GET ${target}`)
    expect([301, 404]).toContain(status)
  })

  it('a client that leaves in the middle, or before the head, leaves nothing open', async () => {
    const { port, open } = await start()
    for (let count = 0; count < 10; count++) {
      const socket = await openSocket(port)
      socket.write(requestText('GET /api/stream/long.mp4'))
      if (count % 2 === 0) await once(socket, 'data')
      socket.destroy()
    }
    await expect.poll(open).toBe(0)
  })

  it('a source that fails in mid-body breaks the connection', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { port, open } = await start()
    const socket = await openSocket(port)
    let received = 0
    socket.on('data', (bytes) => {
      received += bytes.byteLength
    })
    socket.write(requestText('GET /api/stream/broken.mp4'))
    await once(socket, 'close')
    expect(received).toBeGreaterThan(1024 * 1024)
    expect(received).toBeLessThan(64 * 1024 * 1024)
    expect(open()).toBe(0)
    expect(log).toHaveBeenCalled()
  })

  it('the runtime keeps its own Request and Response', async () => {
    const { Request: before, Response: other } = globalThis
    const { port } = await start()
    await exchange(port, 'GET /api/stream/film.mp4')
    expect(globalThis.Request).toBe(before)
    expect(globalThis.Response).toBe(other)
  })
})

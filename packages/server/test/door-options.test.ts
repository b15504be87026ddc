/** What is special to single doors, and to middleware in front of them. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, request as tlsRequest } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { createHandler, type StreamOptions, streamHandler } from '@rangekit/range-handler'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { makeFolder } from '@rangekit/test-kit/folder'
import { exchange, field } from '@rangekit/test-kit/raw'
import compression from 'compression'
import express, { type RequestHandler } from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { toFastifyPlugin, toKoaMiddleware, toNodeHandler } from '../src/index.ts'
import './support/poison.ts'
import { BYTES, countingSource } from './support/counting-source.ts'
import { close, listen } from './support/doors.ts'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(close))
})

const start = (server: Server) => {
  servers.push(server)
  return listen(server)
}
const films = (options?: StreamOptions) => streamHandler(countingSource().source, options)

describe('fallthrough', () => {
  const last: RequestHandler = ({ url, baseUrl }, response) => {
    response.status(200).send(`next: ${baseUrl}${url}`)
  }

  it.each([
    ['GET', '/api/stream/missing.mp4'],
    ['GET', '/api/stream/'],
    ['GET', '/api/stream/a/../film.mp4'],
    ['POST', '/api/stream/film.mp4'],
  ])('passes on what would be a 404 or a 405, as it came: %s %s', async (method, target) => {
    const handler = toNodeHandler(films(), { fallthrough: true })
    const port = await start(createServer(express().use('/api/stream', handler).use(last)))
    const { status, body } = await exchange(port, `${method} ${target}`, ['Content-Length: 0'])
    expect([status, body.toString()]).toEqual([200, `next: ${target}`])
  })

  it('answers what there is, and faults', async () => {
    const handler = toNodeHandler(films(), { fallthrough: true })
    const port = await start(createServer(express().use('/api/stream', handler).use(last)))
    expect((await exchange(port, 'GET /api/stream/film.mp4', ['Range: bytes=0-1'])).status).toBe(206)
    expect((await exchange(port, 'GET /api/stream/film.mp4', ['Range: bytes=300000-'])).status).toBe(416)
  })

  it('means nothing if there is no next handler', async () => {
    const port = await start(createServer(toNodeHandler(films(), { fallthrough: true })))
    expect((await exchange(port, 'GET /missing.mp4')).status).toBe(404)
  })

  it('passes on to the next middleware of Koa, which answers as ever', async () => {
    const app = new Koa()
      .use(toKoaMiddleware(films({ prefix: '/api/stream' }), { fallthrough: true }))
      .use((context) => {
        context.body = `next: ${context.url}`
      })
    const port = await start(createServer(app.callback()))
    expect((await exchange(port, 'GET /other')).body.toString()).toBe('next: /other')
    expect((await exchange(port, 'GET /api/stream/film.mp4')).body.byteLength).toBe(BYTES.byteLength)
  })
})

describe('fields that were set before', () => {
  const cases: readonly [string, Readonly<Record<string, string>>, Readonly<Record<string, string>>][] = [
    [
      'Cache-Control stands, and still forbids to transform',
      { 'Cache-Control': 'public' },
      { 'cache-control': 'public, no-transform' },
    ],
    ['Vary adds up', { Vary: 'Accept-Encoding' }, { vary: 'Accept-Encoding, Origin' }],
    [
      'a type and a length of another body do not stand',
      { 'Content-Type': 'text/html', 'Content-Length': '5', 'Content-Encoding': 'gzip' },
      { 'content-type': 'text/plain; charset=utf-8', 'content-length': '300000' },
    ],
    [
      'X-Content-Type-Options stands',
      { 'X-Content-Type-Options': 'mine' },
      { 'x-content-type-options': 'mine' },
    ],
  ]
  it.each(cases)('%s', async (_, before, after) => {
    const app = express()
      .use((_request, response, next) => {
        response.set(before)
        next()
      })
      .use(toNodeHandler(films({ cors: ['https://player.example'] })))
    const response = await exchange(await start(createServer(app)), 'GET /text.txt')
    const found = Object.keys(after).map((name) => [name, field(response, name)])
    expect(Object.fromEntries(found)).toEqual(after)
    expect(field(response, 'content-encoding')).toBeUndefined()
    expect(response.body.byteLength).toBe(BYTES.byteLength)
  })

  it('do not let a cache keep what must not be kept', async () => {
    const app = express()
      .use((_request, response, next) => {
        response.set('Cache-Control', 'public, max-age=3600')
        next()
      })
      .use(toNodeHandler(films({ authorize: (_request, key) => key === 'film.mp4' })))
    const port = await start(createServer(app))
    expect(field(await exchange(port, 'GET /film.mp4'), 'cache-control')).toBe('private, no-transform')
    expect(field(await exchange(port, 'GET /text.txt'), 'cache-control')).toBe('no-store')
  })

  it('are stricter than what may be kept privately, if they say so', async () => {
    const app = express()
      .use((_request, response, next) => {
        response.set('Cache-Control', 'no-store')
        next()
      })
      .use(toNodeHandler(films({ authorize: () => true })))
    const port = await start(createServer(app))
    expect(field(await exchange(port, 'GET /film.mp4'), 'cache-control')).toBe('no-store, no-transform')
  })

  it('stand in the response to a fault, too', async () => {
    const broken = createHandler({ open: () => Promise.reject(new Error('broken')) }, { onError() {} })
    const app = express()
      .use((_request, response, next) => {
        response.set('Access-Control-Allow-Origin', '*')
        next()
      })
      .use(toNodeHandler(broken))
    const response = await exchange(await start(createServer(app)), 'GET /film.mp4')
    expect([response.status, field(response, 'access-control-allow-origin')]).toEqual([500, '*'])
  })
})

describe('behind a middleware that compresses', () => {
  const GZIP = 'Accept-Encoding: gzip'

  it.each([
    ['GET', [], 200, '300000'],
    ['GET', ['Range: bytes=0-99999'], 206, '100000'],
    ['HEAD', [], 200, '300000'],
  ])('%s %j is sent as it is', async (method, fields, status, length) => {
    const app = express().use(compression()).use(toNodeHandler(films()))
    const response = await exchange(await start(createServer(app)), `${method} /text.txt`, [GZIP, ...fields])
    expect([response.status, field(response, 'content-length')]).toEqual([status, length])
    expect(field(response, 'content-encoding')).toBeUndefined()
    if (method === 'GET') expect(response.body.byteLength).toBe(Number(length))
  })

  it('what it may compress arrives whole', async () => {
    const app = express()
      .use(compression())
      .use(toNodeHandler(films({ noTransform: false })))
    const response = await exchange(await start(createServer(app)), 'GET /text.txt', [GZIP])
    expect(field(response, 'content-encoding')).toBe('gzip')
    expect(gunzipSync(response.body).byteLength).toBe(BYTES.byteLength)
  })

  it('a long film arrives whole, although its writer says little', async () => {
    const app = express().use(compression()).use(toNodeHandler(films()))
    const { body } = await exchange(await start(createServer(app)), 'GET /long.mp4')
    expect(body.byteLength).toBe(64 * 1024 * 1024)
    expect(sameBytes(body.subarray(0, BYTES.byteLength), BYTES)).toBe(true)
  })
})

it('a request that Fastify injects without a connection is answered', async () => {
  const app = fastify()
  await app.register(toFastifyPlugin(films()), { prefix: '/films' })
  const response = await app.inject({ url: '/films/film.mp4', headers: { range: 'bytes=0-9' } })
  expect([response.statusCode, response.headers['content-range']]).toEqual([206, 'bytes 0-9/300000'])
  expect(sameBytes(response.rawPayload, BYTES.subarray(0, 10))).toBe(true)
  const whole = await app.inject('/films/film.mp4')
  expect(sameBytes(whole.rawPayload, BYTES)).toBe(true)
})

it('a prefix of Fastify with a parameter is a mount path', async () => {
  const app = fastify()
  await app.register(toFastifyPlugin(films()), { prefix: '/:tenant/films' })
  for (const url of ['/one/films/film.mp4', '/tw%20o/films/a/My%20film.mp4']) {
    expect((await app.inject({ url, method: 'HEAD' })).statusCode).toBe(200)
  }
})

it('a middleware that rewrites the URL is heeded', async () => {
  const app = express()
    .use('/films', (request, _response, next) => {
      request.url = '/film.mp4'
      next()
    })
    .use('/films', toNodeHandler(films()))
  const response = await exchange(await start(createServer(app)), 'GET /films/anything')
  expect(sameBytes(response.body, BYTES)).toBe(true)
})

it('the way over TLS is as exact', async () => {
  const folder = makeFolder()
  try {
    const [key, cert] = [folder.at('key.pem'), folder.at('cert.pem')]
    const options = [
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=localhost',
    ]
    execFileSync('openssl', ['req', ...options, '-keyout', key, '-out', cert], { stdio: 'pipe' })
    const files = { key: readFileSync(key), cert: readFileSync(cert) }
    const server = createTlsServer(files, toNodeHandler(films()))
    const port = await start(server)
    const body = await new Promise<Buffer>((resolve, reject) => {
      tlsRequest({ port, path: '/long.mp4', rejectUnauthorized: false }, (response) => {
        resolve(buffer(response))
      })
        .on('error', reject)
        .end()
    })
    expect(body.byteLength).toBe(64 * 1024 * 1024)
    for (let at = 0; at < 200; at++) {
      const part = body.subarray(at * BYTES.byteLength, (at + 1) * BYTES.byteLength)
      if (!sameBytes(part, BYTES)) throw new Error(`Other bytes in part ${at}`)
    }
  } finally {
    folder.remove()
  }
})

it('a handler can copy the request', async () => {
  const copies = async (request: Request) => {
    const mine = request.clone().headers.get('X-Mine')
    const copy = new Request(request.url, request)
    return new Response(`${copy.method} ${copy.url} ${mine} ${await copy.text()}`)
  }
  const port = await start(createServer(toNodeHandler(copies)))
  const response = await fetch(`http://127.0.0.1:${port}/a?b`, {
    method: 'POST',
    headers: { 'X-Mine': 'yes' },
    body: 'content',
  })
  expect(await response.text()).toBe(`POST http://127.0.0.1:${port}/a?b yes content`)
})

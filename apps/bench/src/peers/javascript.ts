// Runs one of the JavaScript servers: node javascript.ts NAME ROOT PORT
import { createServer, type RequestListener } from 'node:http'

const HOSTNAME = '127.0.0.1'
const [name = '', root = '', portText = ''] = process.argv.slice(2)
const port = Number(portText)

// send and sirv leave it to the server to check the method and to read an absolute request target.
const listen = (listener: RequestListener) =>
  createServer((request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      request.url = new URL(request.url ?? '/', `http://${HOSTNAME}`).pathname
      listener(request, response)
    } else response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end()
  }).listen(port, HOSTNAME)

// Each server imports its own packages only, because its memory is measured.
const SERVERS: Readonly<Record<string, () => Promise<unknown>>> = {
  send: async () => {
    const { default: send } = await import('send')
    return listen((request, response) => send(request, request.url ?? '/', { root }).pipe(response))
  },
  sirv: async () => {
    const { default: sirv } = await import('sirv')
    return listen(sirv(root, { etag: true }))
  },
  'fastify-static': async () => {
    const { fastify } = await import('fastify')
    const { default: fastifyStatic } = await import('@fastify/static')
    return fastify().register(fastifyStatic, { root }).listen({ port, host: HOSTNAME })
  },
  'hono-static': async () => {
    const { Hono } = await import('hono')
    const { serve } = await import('@hono/node-server')
    const { serveStatic } = await import('@hono/node-server/serve-static')
    return serve({ fetch: new Hono().use('/*', serveStatic({ root })).fetch, port, hostname: HOSTNAME })
  },
  'express-static': async () => {
    const { default: express } = await import('express')
    return express().use(express.static(root)).listen(port, HOSTNAME)
  },
  'koa-static': async () => {
    const { default: Koa } = await import('koa')
    const { default: koaStatic } = await import('koa-static')
    return new Koa().use(koaStatic(root)).listen(port, HOSTNAME)
  },
  'elysia-static': async () => {
    const { Elysia } = await import('elysia')
    const { staticPlugin } = await import('@elysiajs/static')
    return new Elysia()
      .use(await staticPlugin({ assets: root, prefix: '/' }))
      .listen({ port, hostname: HOSTNAME })
  },
  'srvx-static': async () => {
    const { serve } = await import('srvx')
    const { staticMiddleware } = await import('srvx/static')
    const missing = () => new Response('Not found', { status: 404 })
    return serve({
      port,
      hostname: HOSTNAME,
      silent: true,
      middleware: [staticMiddleware({ dir: root })],
      fetch: missing,
    })
  },
}

const start = SERVERS[name]
if (start === undefined) throw new RangeError(`No such server: ${name}`)
await start()

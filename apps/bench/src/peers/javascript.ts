// One JavaScript peer as a program of its own: node javascript.ts NAME ROOT PORT. Each loads its own
// packages only, so that its memory can be measured.
import { createServer, type RequestListener } from 'node:http'

const hostname = '127.0.0.1'
const [name = '', root = '', portText = ''] = process.argv.slice(2)
const port = Number(portText)

// send and sirv leave the method and the form of the target to the server around them.
const listen = (listener: RequestListener) =>
  createServer((request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      request.url = new URL(request.url ?? '/', `http://${hostname}`).pathname
      listener(request, response)
    } else response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end()
  }).listen(port, hostname)

const peers: Readonly<Record<string, () => Promise<unknown>>> = {
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
    return fastify().register(fastifyStatic, { root }).listen({ port, host: hostname })
  },
  'hono-static': async () => {
    const { Hono } = await import('hono')
    const { serve } = await import('@hono/node-server')
    const { serveStatic } = await import('@hono/node-server/serve-static')
    return serve({ fetch: new Hono().use('/*', serveStatic({ root })).fetch, port, hostname })
  },
  'srvx-static': async () => {
    const { serve } = await import('srvx')
    const { staticMiddleware } = await import('srvx/static')
    const missing = () => new Response('Not found', { status: 404 })
    return serve({
      port,
      hostname,
      silent: true,
      middleware: [staticMiddleware({ dir: root })],
      fetch: missing,
    })
  },
}

const start = peers[name]
if (start === undefined) throw new RangeError(`no such peer: ${name}`)
await start()

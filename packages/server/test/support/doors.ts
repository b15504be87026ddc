import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StreamHandler } from '@rangekit/range-handler'
import connect from 'connect'
import express from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import Koa from 'koa'
import mount from 'koa-mount'
import polka from 'polka'
import { toFastifyPlugin, toKoaMiddleware, toNodeHandler } from '../../src/index.ts'

/** A way into a handler: a server that has it at `/api/stream`, with `X-Early: yes` set on the response before. */
export interface Door {
  readonly name: string
  /** Whether the framework says where the handler is mounted; else it needs a prefix. */
  readonly isMounted: boolean
  readonly serverOf: (handler: StreamHandler) => Server | Promise<Server>
}

const early = (_: unknown, outgoing: ServerResponse, next: () => unknown) => {
  outgoing.setHeader('X-Early', 'yes')
  return next()
}

export const DOORS: readonly Door[] = [
  {
    name: 'node:http',
    isMounted: false,
    serverOf(handler) {
      const listener = toNodeHandler(handler)
      return createServer((incoming, outgoing) =>
        early(incoming, outgoing, () => listener(incoming, outgoing)),
      )
    },
  },
  {
    name: 'Express 5',
    isMounted: true,
    serverOf(handler) {
      const app = express().use(early)
      return createServer(app.use('/api/stream', toNodeHandler(handler)))
    },
  },
  {
    name: 'Express 5, two routers deep',
    isMounted: true,
    serverOf(handler) {
      const inner = express.Router().use('/stream', toNodeHandler(handler))
      const app = express().use(early)
      return createServer(app.use('/api', inner))
    },
  },
  {
    name: 'a route of Express 5 with a wildcard',
    isMounted: false,
    serverOf(handler) {
      const app = express().use(early)
      return createServer(app.all('/api/stream/*path', toNodeHandler(handler)))
    },
  },
  {
    name: 'Express 4',
    isMounted: true,
    serverOf(handler) {
      const app = express4().use(early)
      return createServer(app.use('/api/stream', toNodeHandler(handler)))
    },
  },
  {
    name: 'Connect',
    isMounted: true,
    serverOf(handler) {
      const app = connect().use(early)
      return createServer(app.use('/api/stream', toNodeHandler(handler)))
    },
  },
  {
    name: 'Polka',
    // It mounts at paths of one segment.
    isMounted: false,
    serverOf(handler) {
      const server = createServer()
      polka({ server })
        .use(early)
        .use('/api', toNodeHandler(handler))
        // It hears the server's requests from then on only.
        .listen(0, '127.0.0.1')
      return server
    },
  },
  {
    name: 'Koa',
    isMounted: false,
    serverOf(handler) {
      const app = new Koa().use(({ req, res }, next) => early(req, res, next))
      return createServer(app.use(toKoaMiddleware(handler)).callback())
    },
  },
  {
    name: 'Koa with koa-mount',
    isMounted: true,
    serverOf(handler) {
      const app = new Koa().use((context, next) => {
        context.set('X-Early', 'yes')
        return next()
      })
      return createServer(app.use(mount('/api/stream', toKoaMiddleware(handler))).callback())
    },
  },
  {
    name: 'Fastify',
    isMounted: true,
    async serverOf(handler) {
      const app = fastify().addHook('onRequest', async (_, reply) => {
        reply.header('X-Early', 'yes')
      })
      await app.register(toFastifyPlugin(handler), { prefix: '/api/stream' })
      await app.ready()
      return app.server
    },
  },
]

/** Lets a server listen on a free port, which it returns. */
export async function listen(server: Server): Promise<number> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** Ends a server with all of its connections. */
export async function close(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
}

import { ENGINES } from '@rangekit/test-kit/runtimes'
import { javascript, peerKinds } from '../peers/catalog.ts'
import { type PeerKind, printedVersion } from '../peers/kind.ts'
import { bunFile } from '../peers/servers.ts'
import type { Frameworks, OwnHelper } from './framework.ts'

const bun = printedVersion(ENGINES.bun[0], '--version')

const helper = (server: PeerKind): OwnHelper => ({ kind: 'server', server })

/** Frameworks and runtimes whose examples start at once. */
export const lightFrameworks: Frameworks = {
  'node-http': {
    title: 'node:http',
    version: { printed: process.versions.node },
    runtime: 'node',
    door: {
      file: 'server.js',
      lines: ["const stream = toNodeHandler(streamHandler(media, { prefix: '/api/stream' }))"],
    },
    own: helper(peerKinds.send),
  },
  express: {
    title: 'Express',
    version: { package: 'express' },
    runtime: 'node',
    door: { file: 'server.js', lines: ["app.use('/api/stream', toNodeHandler(streamHandler(media)))"] },
    own: helper(javascript('express-static', 'express.static', 'express', 'defaults')),
  },
  fastify: {
    title: 'Fastify',
    version: { package: 'fastify' },
    runtime: 'node',
    door: {
      file: 'server.js',
      lines: ["await app.register(toFastifyPlugin(streamHandler(media)), { prefix: '/api/stream' })"],
    },
    own: helper(peerKinds['fastify-static']),
  },
  koa: {
    title: 'Koa',
    version: { package: 'koa' },
    runtime: 'node',
    door: {
      file: 'server.js',
      lines: ["app.use(mount('/api/stream', toKoaMiddleware(streamHandler(media))))"],
    },
    own: helper(javascript('koa-static', 'koa-static', 'koa-static', 'defaults')),
  },
  hono: {
    title: 'Hono',
    version: { package: 'hono' },
    runtime: 'node',
    door: { file: 'server.js', lines: ["app.route('/api/stream', streamRoutes(media))"] },
    own: helper(peerKinds['hono-static']),
  },
  elysia: {
    title: 'Elysia',
    version: { package: 'elysia' },
    runtime: 'bun',
    door: {
      file: 'server.ts',
      lines: [
        "const media = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })",
        ".all('/api/stream/*', ({ request }) => media(request))",
        'const { port } = await serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })',
      ],
    },
    own: helper(
      javascript('elysia-static', '@elysiajs/static', '@elysiajs/static', 'defaults', {
        runtime: `Bun ${bun}`,
        engine: ENGINES.bun,
      }),
    ),
  },
  bun: {
    title: 'Bun',
    version: { printed: bun },
    runtime: 'bun',
    door: {
      file: 'server.ts',
      lines: [
        "const media = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })",
        "if (pathname.startsWith('/api/stream/')) return media(request)",
        'const { port } = await serve({ fetch, port: Number(process.env.PORT ?? 3000) })',
      ],
    },
    own: helper(bunFile),
  },
  deno: {
    title: 'Deno',
    version: { printed: printedVersion(ENGINES.deno[0], '--version') },
    runtime: 'deno',
    door: {
      file: 'server.ts',
      lines: [
        "const media = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })",
        "if (pathname.startsWith('/api/stream/')) return media(request, info)",
      ],
    },
    own: { kind: 'none', reason: '`serveDir` is on JSR only; not measured' },
  },
  workers: {
    title: 'Workers',
    version: { package: 'wrangler' },
    runtime: 'workerd',
    door: {
      file: 'src/index.ts',
      lines: [
        "const media = streamHandler(r2Source(env.MEDIA), { prefix: '/api/stream' })",
        "if (pathname.startsWith('/api/stream/')) return media(request)",
      ],
    },
    own: { kind: 'none', reason: 'not measured' },
    bucket: { name: 'rangekit-media', folder: '.wrangler/state/v3/r2/rangekit-media/blobs' },
  },
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blobSource, streamHandler } from '@rangekit/range-handler'
import { serve } from '@rangekit/server'
import { sharedServer } from '@rangekit/test-kit/fixtures'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { nginxWith, type ProxyKind } from './support/proxies/kinds.ts'
import { startProxy } from './support/proxies/start-proxy.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/scaling.md'), 'utf8')

/** What the page says for a balancer, with the port of this test and the ports of its nodes. */
function snippet(language: string, port: number): string {
  const [, text = ''] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(PAGE) ?? []
  return nodes.ports
    .reduce((part, node, index) => part.replace(`10.0.0.${index + 1}:8001`, `127.0.0.1:${node}`), text)
    .replace(/listen 80;|bind :80/, (line) => line.replace(/:?80/, `127.0.0.1:${port}`))
}

const nginx: ProxyKind = {
  title: 'nginx',
  caches: false,
  ...nginxWith(({ port }) => snippet('nginx', port)),
}

const haproxy: ProxyKind = {
  title: 'HAProxy',
  command: 'haproxy',
  debianPackage: 'haproxy',
  caches: false,
  config: ({ port }) => snippet('haproxy', port),
  arguments: (configFile) => ['-db', '-f', configFile],
}

/** Three servers of the same films, which note who was asked for what. */
const nodes = sharedServer(async () => {
  const asked = new Map<string, Set<number>>()
  const film = new Blob(['x'.repeat(1000)])
  const films = streamHandler(
    blobSource(() => ({ data: film, etag: { opaque: 'x', weak: false } })),
    {
      prefix: '/api/stream',
    },
  )
  const servers = await Promise.all(
    [0, 1, 2].map((node) =>
      serve({
        port: 0,
        fetch: (request) => {
          const { pathname } = new URL(request.url)
          if (!pathname.startsWith('/api/stream/')) return new Response('ready')
          asked.set(pathname, (asked.get(pathname) ?? new Set()).add(node))
          return films(request)
        },
      }),
    ),
  )
  return {
    asked,
    ports: servers.map(({ port }) => port),
    stop: () => Promise.all(servers.map((server) => server.stop(0))),
  }
})

const PATHS = Array.from({ length: 30 }, (_, index) => `/api/stream/film-${index}.mp4`)

describe.each([nginx, haproxy])('the configuration of $title in docs/scaling.md', (kind) => {
  const command = findTool(kind.command, kind.debianPackage)

  it.skipIf(command === undefined)('sends each film to one node, with any query, and uses all', async () => {
    nodes.asked.clear()
    await using proxy = await startProxy(kind, command ?? '', nodes.ports[0] ?? 0)
    for (const path of PATHS) {
      for (const query of ['', '?expires=1&signature=a', '?expires=2&signature=b']) {
        const url = `http://127.0.0.1:${proxy.port}${path}${query}`
        const response = await fetch(url, { headers: { Range: 'bytes=100-199' } })
        expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 100])
        expect(response.headers.get('Content-Range')).toBe('bytes 100-199/1000')
      }
    }
    expect(PATHS.map((path) => nodes.asked.get(path)?.size)).toEqual(PATHS.map(() => 1))
    expect(new Set([...nodes.asked.values()].flatMap((set) => [...set])).size).toBe(3)
  })
})

import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { documented } from './support/documented.ts'
import { caddyWith, nginxWith, type ProxyKind } from './support/proxies/kinds.ts'
import { startProxy } from './support/proxies/start-proxy.ts'
import { startServer } from './support/server.ts'

const nginx: ProxyKind = {
  title: 'nginx',
  caches: false,
  ...nginxWith(({ port, upstream }) =>
    documented('/etc/nginx/conf.d/films.conf', {
      'listen 80;': `listen 127.0.0.1:${port};`,
      ':8001': `:${upstream}`,
      'server_name media.example;': `location = /readyz { proxy_pass http://127.0.0.1:${upstream}; }`,
    }),
  ),
}

const caddy: ProxyKind = {
  title: 'Caddy',
  caches: false,
  ...caddyWith(
    ({ port, upstream }) => `
http://:${port} {
  handle /readyz {
    reverse_proxy 127.0.0.1:${upstream}
  }
  ${documented('/etc/caddy/films', { ':8001': `:${upstream}` })}
}
`,
  ),
}

const NAMES = ['film.mp4', 'deep/er/film.mp4', 'odd/50% off? #1 & "more".mp4', 'odd/ñandú\u2028+.mp4']

const folder = sharedFolder((empty) => {
  for (const name of NAMES) empty.put(name, 'x'.repeat(1000))
})
const server = sharedServer(() => startServer(folder.path))

/** What links and pictures of a page lead to, as a browser resolves them. */
function linksOf(html: string, url: string): string[] {
  const [, base = ''] = /<base href="([^"]*)"/.exec(html) ?? []
  const body = html.replace(/<base [^>]*>/, '')
  return [...body.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, link = '']) => {
    const target = new URL(decodeEntities(link), new URL(base, url))
    target.hash = ''
    return target.href
  })
}

function decodeEntities(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}

/** Follows all links from a page on. Returns the status of each URL. */
async function crawl(start: string): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  const waiting = [start]
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (found.has(url)) continue
    const response = await fetch(url, { headers: { Accept: 'text/html' } })
    found.set(url, response.status)
    const text = await response.text()
    if (response.headers.get('content-type')?.startsWith('text/html')) waiting.push(...linksOf(text, url))
  }
  return found
}

const PROXIES = [nginx, caddy].map((kind) => ({ kind, command: findTool(kind.command, kind.debianPackage) }))

describe.each(PROXIES.filter(({ command }) => command !== undefined))(
  'below a path of $kind.title, as documented',
  ({ kind, command }) => {
    const proxy = shared(
      () => startProxy(kind, command ?? '', server.port),
      (running) => running[Symbol.asyncDispose](),
    )
    const at = (path: string) => `http://127.0.0.1:${proxy.port}${path}`

    it('the path without a slash leads to the library', async () => {
      const { status, headers } = await fetch(at('/films'), { redirect: 'manual' })
      expect([status, new URL(headers.get('location') ?? '', at('/films')).pathname]).toEqual([
        308,
        '/films/',
      ])
    })

    it('links lead from the library to every file, and none leads elsewhere or into the void', async () => {
      const found = await crawl(at('/films/'))
      expect([...found.keys()].filter((url) => !url.startsWith(at('/films/')))).toEqual([])
      expect([...found].filter(([, status]) => status !== 200)).toEqual([])
      const streams = [...found.keys()].map((url) => new URL(url).pathname)
      expect(streams).toEqual(
        expect.arrayContaining(NAMES.map((name) => `/films/api/stream/${encodeKey(name)}`)),
      )
    })

    it.each(NAMES)('ranges of %s are served', async (name) => {
      const url = at(`/films/api/stream/${encodeKey(name)}`)
      const response = await fetch(url, { headers: { Range: 'bytes=990-' } })
      expect([response.status, response.headers.get('content-range')]).toEqual([206, 'bytes 990-999/1000'])
      expect(await response.text()).toBe('x'.repeat(10))
    })

    it('events arrive while their connection stays open', async () => {
      const events = await fetch(at(`/films/api/events?key=film.mp4`))
      const reader = events.body?.getReader()
      const { value } = (await reader?.read()) ?? {}
      expect(new TextDecoder().decode(value)).toMatch(/^(?:event|data|retry|id|:)/)
      await reader?.cancel()
    })
  },
)

function encodeKey(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/')
}

import { type RawResponse, rawExchange } from '@rangekit/conformance'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { describe, expect, it } from 'vitest'
import { startServer } from './support/server.ts'

const folder = sharedFolder(({ put }) => put('a.txt', 'hello'))

function ask(port: number, host: string, target: string, accept = '*/*'): Promise<RawResponse> {
  const lines = [`GET ${target} HTTP/1.1`, `Host: ${host}`, `Accept: ${accept}`, 'Connection: close', '', '']
  return rawExchange({ host: '127.0.0.1', port }, lines.join('\r\n'))
}

describe('a server for this machine alone', () => {
  const server = sharedServer(() => startServer(folder.path))

  it.each(['/', '/api/videos', '/api/stream/a.txt', '/docs', '/api/events?folder='])(
    'refuses %s under the name of another site',
    async (target) => {
      const { status, body } = await ask(server.port, `Attacker.dev:${server.port}`, target)
      expect(status).toBe(421)
      expect(JSON.parse(body.toString()).detail).toContain('--allow-host attacker.dev')
    },
  )

  it('says so in a page, and once on stderr', async () => {
    const { body } = await ask(server.port, 'attacker.dev', '/', 'text/html')
    expect(body.toString()).toContain('<h1>This server does not answer as attacker.dev</h1>')
    await ask(server.port, 'attacker.dev', '/')
    expect(server.stderr.match(/add --allow-host attacker\.dev/g)).toHaveLength(1)
  })

  it.each(['localhost', '127.0.0.1', '[::1]', 'media.localhost', 'nas'])('answers as %s', async (host) => {
    expect((await ask(server.port, `${host}:${server.port}`, '/api/stream/a.txt')).status).toBe(200)
  })

  it.each(['/readyz', '/healthz', '/assets/base.css', '/assets/icons.svg'])(
    'answers %s, which says nothing of files, under any name',
    async (target) => {
      expect((await ask(server.port, 'attacker.dev', target)).status).toBe(200)
    },
  )
})

it('a server answers under the names that --allow-host gives', async () => {
  const args = ['--allow-host', 'media.dev', '--host', '0.0.0.0']
  await using server = await startServer(folder.path, { args })
  const statuses = ['media.dev', '127.0.0.1', 'attacker.dev'].map(
    async (host) => (await ask(server.port, host, '/api/stream/a.txt')).status,
  )
  expect(await Promise.all(statuses)).toEqual([200, 200, 421])
})

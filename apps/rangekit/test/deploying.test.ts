import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { makePair } from '@rangekit/test-kit/certificates'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { acceptsConnections, freePort } from '@rangekit/test-kit/ports'
import { endGroup, run, start } from '@rangekit/test-kit/processes'
import { startRecordingProxy } from '@rangekit/test-kit/recording-proxy'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { hashSync } from 'bcryptjs'
import { afterAll, describe, expect, it } from 'vitest'
import { parseDuration } from '../src/command/values/duration.ts'
import { documented } from './support/documented.ts'
import { caddyWith, nginxWith, type ProxyKind } from './support/proxies/kinds.ts'
import { startProxy } from './support/proxies/start-proxy.ts'
import { commandLine, startServer } from './support/server.ts'
import { refusedCalls, Unit } from './support/systemd.ts'

const folder = sharedFolder(({ put }) => put('film.mp4', 'x'.repeat(1000)))
const server = sharedServer(() => startServer(folder.path))
const upstream = shared(
  () => startRecordingProxy(server.port),
  (proxy) => proxy.close(),
)
const secrets = makeFolder()
afterAll(() => secrets.remove())
const pair = makePair(secrets.path, 'media')

const FULL_CHAIN = '/etc/letsencrypt/live/media.example/fullchain.pem'
const PRIVATE_KEY = '/etc/letsencrypt/live/media.example/privkey.pem'

/** Proxies as documented, with TLS on another port of this machine. */
const PROXIES: Readonly<Record<string, (tlsPort: number) => ProxyKind>> = {
  nginx: (tlsPort) => ({
    title: 'nginx',
    caches: true,
    ...nginxWith(({ port, scratch, upstream }) =>
      documented('/etc/nginx/conf.d/media.conf', {
        'listen 443': `listen 127.0.0.1:${port}; listen 127.0.0.1:${tlsPort}`,
        [FULL_CHAIN]: pair.certFile,
        [PRIVATE_KEY]: pair.keyFile,
        '/var/cache/nginx/media': `${scratch}/cache`,
        ':8001': `:${upstream}`,
      }),
    ),
  }),
  Caddy: (tlsPort) => ({
    title: 'Caddy',
    caches: false,
    ...caddyWith(
      ({ port, upstream }) => `
http://:${port} {
  reverse_proxy 127.0.0.1:${upstream}
}
${documented('/etc/caddy/Caddyfile', {
  'media.example {': `https://localhost:${tlsPort} {\n  tls ${pair.certFile} ${pair.keyFile}`,
  ':8001': `:${upstream}`,
})}`,
    ),
  }),
}

const curl = findTool('curl', 'curl')

describe.skipIf(curl === undefined)('a proxy with TLS, as documented', () => {
  it.each(Object.entries(PROXIES))(
    '%s passes on ranges over HTTP/2, and who asks for them',
    async (_, kindOn) => {
      const tlsPort = await freePort()
      const kind = kindOn(tlsPort)
      const command = findTool(kind.command, kind.debianPackage)
      if (command === undefined) return
      await using proxy = await startProxy(kind, command, upstream.port)
      const { stdout, stderr } = await run(curl ?? '', [
        ...['--silent', '--show-error', '--http2', '--cacert', pair.certFile, '--range', '990-'],
        ...['--write-out', ' %{http_version} %{http_code} %header{content-range}'],
        `https://localhost:${tlsPort}/api/stream/film.mp4`,
      ])
      expect(stdout, stderr + proxy.log).toBe(`${'x'.repeat(10)} 2 206 bytes 990-999/1000`)
      const last = upstream.heads.findLast(({ target }) => target === '/api/stream/film.mp4')
      expect(['x-forwarded-for', 'x-forwarded-proto'].map((name) => last?.field(name))).toEqual([
        '127.0.0.1',
        'https',
      ])
    },
  )
})

const analyze = findTool('systemd-analyze', 'systemd')

describe.skipIf(analyze === undefined)('the units of systemd, as documented', () => {
  const SCRIPT = '/usr/local/bin/rangekit'
  const unit = new Unit('rangekit.service')

  it('are accepted, and expose little', async () => {
    // The command has to be there.
    const units = [
      folder.put('rangekit.service', new Unit('rangekit.service', { [SCRIPT]: process.execPath }).text),
      folder.put('rangekit.socket', new Unit('rangekit.socket').text),
    ]
    expect(await run(analyze ?? '', ['verify', ...units])).toEqual({ code: 0, stdout: '', stderr: '' })
    const [service = ''] = units
    const review = await run(analyze ?? '', ['security', '--offline=yes', '--threshold=12', service])
    expect(review.code, review.stdout).toBe(0)
  })

  it('leave more time for running downloads than the command takes', () => {
    const [, drain = ''] = /--drain (\S+)/.exec(unit.text) ?? []
    const [stop = ''] = unit.settings('TimeoutStopSec')
    expect(parseDuration(stop)).toBeGreaterThan(parseDuration(drain) ?? Number.POSITIVE_INFINITY)
  })

  const strace = findTool('strace', 'strace')
  const activate = findTool('systemd-socket-activate', 'systemd')
  it.skipIf(strace === undefined || activate === undefined)(
    'start a server on their socket, with their credentials, that makes no refused system call',
    async () => {
      const users = secrets.put('users', `alice:${hashSync('secret', 4)}\n`)
      expect(unit.settings('LoadCredential')).toEqual([
        `cert:${FULL_CHAIN}`,
        `key:${PRIVATE_KEY}`,
        'users:/etc/rangekit/users',
      ])
      const [line = ''] = new Unit('rangekit.service', {
        '%d/cert': pair.certFile,
        '%d/key': pair.keyFile,
        '%d/users': users,
        '/srv/media': folder.path,
      }).settings('ExecStart')
      const [script, ...args] = words(line)
      expect(script).toBe(SCRIPT)
      const port = await freePort()
      const trace = secrets.at('trace')
      const child = start(
        strace ?? '',
        [
          ...words(`-f -qq -e signal=none -o ${trace} ${activate} --listen 127.0.0.1:${port}`),
          ...commandLine(...args),
        ],
        { stdio: 'ignore', detached: true },
      )
      await expect.poll(() => acceptsConnections(port)).toBe(true)
      const ask = (user: string) =>
        run(curl ?? '', [
          ...['--silent', '--show-error', '--cacert', pair.certFile, '--range', '990-', '--user', user],
          ...['--write-out', ' %{http_code}', '--output', '-'],
          `https://localhost:${port}/api/stream/film.mp4`,
        ])
      expect(await ask('alice:secret')).toMatchObject({ stdout: `${'x'.repeat(10)} 206` })
      expect((await ask('alice:wrong')).stdout).toMatch(/ 401$/)
      const exited = once(child, 'exit')
      endGroup(child)
      await exited
      expect(refusedCalls(unit, readFileSync(trace, 'utf8'))).toEqual([])
    },
  )
})

it('the probes of Kubernetes get what they ask for, and there is time to finish', async () => {
  const pod = documented('pod.yaml')
  const paths = [...pod.matchAll(/path: (\S+),/g)].map(([, path = '']) => path)
  const statuses = paths.map(async (path) => [path, (await fetch(server.origin + path)).status])
  expect(await Promise.all(statuses)).toEqual([
    ['/healthz', 200],
    ['/readyz', 200],
  ])
  const [, drain = ''] = /--drain, (\S+)]/.exec(pod) ?? []
  const [, grace = ''] = /terminationGracePeriodSeconds: (\d+)/.exec(pod) ?? []
  expect(Number(grace)).toBeGreaterThan(parseDuration(drain) ?? Number.POSITIVE_INFINITY)
})

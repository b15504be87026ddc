/** The command over TLS: its certificate, and the port that leads to it. */
import { once } from 'node:events'
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { runConformance } from '@rangekit/conformance'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { makePair, trust } from '@rangekit/test-kit/certificates'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field, openSocket, requestText, speakTls } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const folder = sharedFolder(({ put }) => {
  put('media/a.txt', 'hello')
  put('media/film.mp4', positionBytes(300_000))
})
const media = () => folder.at('media')

// As Kubernetes mounts a secret: links to a folder that a link names, which is swapped.
const LIVE = 'live'
function prepare(): void {
  for (const name of ['one', 'two', 'three']) {
    mkdirSync(folder.at(name))
    const pair = makePair(folder.at(name), name)
    renameSync(pair.certFile, folder.at(`${name}/tls.crt`))
    renameSync(pair.keyFile, folder.at(`${name}/tls.key`))
    trust(folder.at(`${name}/tls.crt`))
  }
  swap('one')
  speakTls()
}

function swap(version: string): void {
  rmSync(folder.at('next'), { force: true })
  symlinkSync(version, folder.at('next'))
  renameSync(folder.at('next'), folder.at(LIVE))
}

const FILES = () => ['--tls-cert', folder.at('live/tls.crt'), '--tls-key', folder.at('live/tls.key')]

/** The certificate of a new connection. */
async function certificateOf(port: number): Promise<{ name: unknown; fingerprint: string }> {
  const socket = connect({ port, host: 'localhost', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { subject, fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return { name: subject.CN, fingerprint: fingerprint256 }
}

describe('a certificate in files', () => {
  const server = sharedServer(async () => {
    prepare()
    return startServer(media(), { args: [...FILES(), '--redirect-port', '0'] })
  })
  const nameNow = async () => (await certificateOf(server.port)).name

  it('serves https, and says so', async () => {
    expect(server.origin).toBe(`https://127.0.0.1:${server.port}`)
    const response = await exchange(server.port, 'GET /api/stream/a.txt', ['Range: bytes=1-2'])
    expect([response.status, response.body.toString()]).toEqual([206, 'el'])
    // HTTPS only once is no promise for a year.
    expect(field(response, 'Strict-Transport-Security')).toBeUndefined()
  })

  it('changes no answer: every vector of the conformance checker passes', async () => {
    const url = new URL(`https://localhost:${server.port}/api/stream/film.mp4`)
    const report = await runConformance(url, { protocol: 'http/1.1' })
    const failed = report.results.filter(({ verdict }) => verdict === 'fail')
    expect(failed.map(({ id }) => id)).toEqual([])
    expect(report.results.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(150)
  })

  it('is what plain http leads to, with the same method, host and path', async () => {
    const [, port = ''] = /Redirects are at http:\/\/127\.0\.0\.1:(\d+)\//.exec(server.stdout) ?? []
    const response = await fetch(`http://localhost:${port}/watch/a%20b.mp4?x=1&y=2`, {
      method: 'POST',
      redirect: 'manual',
    })
    expect([response.status, response.headers.get('location')]).toEqual([
      308,
      `https://localhost:${server.port}/watch/a%20b.mp4?x=1&y=2`,
    ])
    const followed = await fetch(`http://localhost:${port}/api/stream/a.txt`)
    expect([followed.url, await followed.text()]).toEqual([
      `https://localhost:${server.port}/api/stream/a.txt`,
      'hello',
    ])
  })

  it.runIf(runtime.replacesCertificates)(
    'is read again when it changes, without a break; one that cannot be used is not',
    async () => {
      const before = await openSocket(server.port)
      swap('two')
      await expect.poll(nameNow, { interval: 100 }).toBe('two')
      copyFileSync(folder.at('three/tls.crt'), folder.at('two/tls.crt'))
      await expect
        .poll(() => server.stderr, { interval: 100 })
        .toMatch(
          /^rangekit: keeping the earlier certificate: the key in .+ is not that of the certificate in .+\n$/,
        )
      expect(await nameNow()).toBe('two')
      renameSync(folder.at('three/tls.key'), folder.at('two/tls.key'))
      await expect.poll(nameNow, { interval: 100 }).toBe('three')
      before.write(requestText('GET /api/stream/a.txt', ['Connection: close']))
      expect(await text(before)).toMatch(/\r\n\r\nhello$/)
    },
  )
})

describe('a certificate of our own', () => {
  it('is kept between starts, and its fingerprint is printed', async () => {
    const env = { XDG_STATE_HOME: folder.at('state') }
    const args = ['--tls', 'self', ...runtime.workers.flatMap((count) => ['--workers', String(count)])]
    const seen: unknown[] = []
    for (let start = 0; start < 2; start++) {
      await using server = await startServer(media(), { args, env })
      await expect.poll(() => server.stdout).toMatch(/SHA-256/)
      const [, printed] = /^The SHA-256 of the certificate is (\S+)$/m.exec(server.stdout) ?? []
      const { fingerprint } = await certificateOf(server.port)
      seen.push(printed, fingerprint)
      expect(await server.stop()).toBe(0)
    }
    expect(new Set(seen).size).toBe(1)
  })
})

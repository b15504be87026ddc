/** HTTP/2 over TLS, on every runtime that offers it. */
import { once } from 'node:events'
import { type ClientHttp2Session, connect, constants } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import { runConformance } from '@rangekit/conformance'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { makePair, trust } from '@rangekit/test-kit/certificates'
import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BYTES } from '../support/counting-source.ts'
import { runtime, startScript } from '../support/growing-client.ts'
import { ask } from '../support/http2.ts'

const folder = sharedFolder()
const pair = shared(
  () => {
    const made = makePair(folder.path, 'http2')
    trust(made.certFile)
    return made
  },
  () => {},
)

async function start() {
  const server = await startScript('tls-server.ts', pair.certFile, pair.keyFile)
  const session = connect(server.origin).on('error', () => {})
  onTestFinished(async () => {
    session.destroy()
    await server[Symbol.asyncDispose]()
  })
  return { server, session }
}

/** The opaque part of GOAWAY is of no interest; its code and the last stream are. */
async function farewell(session: ClientHttp2Session) {
  const [code, lastStream] = await once(session, 'goaway')
  return { code, lastStream }
}

describe.skipIf(runtime === 'node')('a runtime without a sound HTTP/2', () => {
  it('lets no client have HTTP/2 by default', async () => {
    const { server } = await start()
    const socket = connectTls({ port: server.port, host: 'localhost', ALPNProtocols: ['h2', 'http/1.1'] })
    await once(socket, 'secureConnect')
    expect(socket.alpnProtocol).not.toBe('h2')
    socket.destroy()
  })
})

describe.runIf(runtime === 'node')('HTTP/2 over TLS', () => {
  it('is what a client gets that offers it', async () => {
    const { session } = await start()
    const { status, body, headers } = await ask(session, { ':path': '/film.mp4', range: 'bytes=1000-299000' })
    expect([session.alpnProtocol, status, headers['content-length']]).toEqual(['h2', 206, '298001'])
    expect(sameBytes(body, BYTES.subarray(1000, 299_001))).toBe(true)
    const client = await ask(session, { ':path': '/client' })
    expect(JSON.parse(String(client.body))).toMatchObject({ address: '127.0.0.1', isSecure: true })
  })

  it('lets running streams finish when the server stops, and refuses others with GOAWAY', async () => {
    const { server, session } = await start()
    const running = ask(session, { ':path': '/film.mp4' })
    const stream = session.request({ ':path': '/long.mp4', range: 'bytes=0-4194303' })
    let count = 0
    await once(stream, 'readable')
    await running
    const goaway = farewell(session)
    const exited = server.stop()
    expect(await goaway).toEqual({ code: constants.NGHTTP2_NO_ERROR, lastStream: stream.id })
    stream.on('data', ({ byteLength }) => {
      count += byteLength
    })
    await once(stream, 'end')
    expect([count, stream.rstCode]).toEqual([4 * 1024 * 1024, constants.NGHTTP2_NO_ERROR])
    await once(session, 'close')
    expect(await exited).toBe(0)
  })

  it('conforms to RFC 9110 as over HTTP/1.1, which is there for who asks for it', async () => {
    const { server } = await start()
    const url = `${server.origin}/film.mp4`
    const { protocol, results, totals } = await runConformance(url, { ca: pair.cert, timeoutMs: 20_000 })
    // The source knows no dates, which are only recommended.
    const failed = results.filter(
      (result) => result.verdict === 'fail' && result.findings[0]?.level === 'MUST',
    )
    expect([protocol, failed]).toEqual(['h2', []])
    expect(totals.passed).toBeGreaterThan(200)
    const only = { protocol: 'http/1.1', insecure: true, section: '9110 §14.2' } as const
    const http1 = await runConformance(url, only)
    expect([http1.protocol, http1.totals.failed.MUST]).toEqual(['http/1.1', 0])
    const other = makePair(folder.path, 'other')
    await expect(runConformance(url, { ca: other.cert })).rejects.toThrow(/self-signed/)
  })

  it('breaks a stream whose source breaks', async () => {
    const { session } = await start()
    const { code } = await ask(session, { ':path': '/broken.mp4' })
    expect(code).not.toBe(constants.NGHTTP2_NO_ERROR)
  })
})

/** Real clients and raw ones over TLS, on every runtime. */
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { makePair, trust } from '@rangekit/test-kit/certificates'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { converse, exchange, openSocket, requestText, speakTls } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { BYTES } from '../support/counting-source.ts'
import { runtime, startScript } from '../support/growing-client.ts'

const folder = sharedFolder()
const pair = shared(
  () => {
    const first = makePair(folder.path, 'first')
    trust(first.certFile)
    speakTls()
    return first
  },
  () => {},
)
const server = sharedServer(() => startScript('tls-server.ts', pair.certFile, pair.keyFile))
const ask = (line: string, ...fields: string[]) => requestText(line, fields)
// The https server of Bun agrees on no protocol, and cannot replace a certificate.
const isBun = runtime === 'bun'

async function curl(...args: string[]) {
  const url = args.some((arg) => arg.startsWith('/')) ? [] : ['/film.mp4']
  const urls = [...args, ...url].map((arg) => (arg.startsWith('/') ? server.origin + arg : arg))
  return run('curl', ['-sS', '--cacert', pair.certFile, '-o', folder.at('got'), ...urls])
}

type Range = readonly [first: number, last: number]

/** Requests for ranges of a film, and one for what there is not, which ends the connection. */
function pipelined(ranges: readonly Range[]): string {
  const asks = ranges.map(([first, last]) => ask('GET /film.mp4', `Range: bytes=${first}-${last}`))
  return asks.join('') + ask('GET /none', 'Connection: close')
}

/** Checks all that was sent for pipelined requests. */
function expectRanges(ranges: readonly Range[], answer: Buffer): void {
  let position = 0
  for (const [first, last] of ranges) {
    const body = answer.indexOf('\r\n\r\n', position) + 4
    const head = answer.toString('latin1', position, body)
    expect(head).toMatch(/^HTTP\/1\.1 206 /)
    expect(head).toContain(`Content-Range: bytes ${first}-${last}/`)
    position = body + last - first + 1
    expect(sameBytes(answer.subarray(body, position), BYTES.subarray(first, last + 1))).toBe(true)
  }
  expect(answer.toString('latin1', position)).toMatch(/^HTTP\/1\.1 404 /)
}

describe('HTTP/1.1 over TLS', () => {
  it.each([
    ['http/1.1', ['http/1.1']],
    ['http/1.0', ['http/1.0']],
    [false, undefined],
  ])('is what a client gets that agrees on %s', async (agreed, offered) => {
    const socket = connect({ port: server.port, host: 'localhost', ALPNProtocols: offered })
    await once(socket, 'secureConnect')
    expect(socket.alpnProtocol).toBe(isBun ? false : agreed)
    socket.write(ask('GET /film.mp4', 'Range: bytes=0-3', 'Connection: close'))
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 206 /)
  })

  it('ranges are exact, and pipelined requests are answered in order', async () => {
    const ranges: readonly Range[] = [
      [0, 0],
      [1, 70_000],
      [299_999, 299_999],
      [0, 299_999],
    ]
    expectRanges(ranges, await converse(server.port, pipelined(ranges)))
  })

  it('pipelined ranges are whole and in order on a connection with a rate whose client reads late', async () => {
    const { body: port } = await exchange(server.port, 'GET /limited')
    const socket = await openSocket(Number(port.toString()))
    // More than the kernel takes for a client that does not read.
    const ranges = Array.from({ length: 60 }, (_, index): Range => {
      return [index, index % 3 === 0 ? index + 9 : 299_999 - index]
    })
    socket.pause().write(pipelined(ranges))
    await sleep(500)
    expectRanges(ranges, await buffer(socket))
  })

  it('the app learns who the client is', async () => {
    const socket = await openSocket(server.port)
    socket.write(ask('GET /client', 'Connection: close'))
    const { localPort: port } = socket
    const answer = await text(socket)
    const client = { address: '127.0.0.1', port, isSecure: true }
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual(client)
  })

  it('what is not HTTP is refused, and the connection ends', async () => {
    expect(String(await converse(server.port, 'nonsense\r\n\r\n'))).toMatch(/^HTTP\/1\.1 400 /)
    const twice = 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'
    expect(String(await converse(server.port, twice))).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('a head that does not arrive in time is refused', async () => {
    expect(String(await converse(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n'))).toMatch(/^HTTP\/1\.1 408 /)
  })

  // Bun cuts a handshake after twelve seconds, whatever the server says.
  it.skipIf(isBun).each([
    ['says nothing', ''],
    ['begins a handshake and stops', '\x16\x03\x01\x02\x00\x01\x00'],
    ['speaks plain HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('a client that %s is disconnected', async (_, text) => {
    const socket = connectTcp(server.port, 'localhost').on('error', () => {})
    socket.resume().write(text)
    const start = performance.now()
    await once(socket, 'close')
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  it.runIf(runtime === 'node')('a client that speaks plain HTTP is told so', async () => {
    const socket = connectTcp(server.port, 'localhost')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\n\r\nThis port speaks https, not http\.\n$/)
  })

  it('a client that does not read is disconnected', async () => {
    const socket = await openSocket(server.port)
    socket.pause().write(ask('GET /long.mp4'))
    await expect.poll(connections, { interval: 100 }).toBe(2)
    await expect.poll(connections, { interval: 100 }).toBe(1)
    socket.destroy()
  })

  it('a body that was cut short does not look complete', async () => {
    if (findTool('curl', 'curl') === undefined) return
    expect(await curl('/film.mp4')).toMatchObject({ code: 0 })
    expect(await curl('--http1.1', '/broken.mp4')).toMatchObject({ code: 18 })
    // Without a length, only the missing end of the TLS connection tells.
    expect(await curl('--http1.0', '/broken.mp4')).toMatchObject({ code: expect.toBeOneOf([18, 56]) })
  })
})

/** How many connections are open besides the one that asks. */
async function connections(): Promise<number> {
  return Number((await exchange(server.port, 'GET /connections')).body.toString())
}

describe('another certificate', () => {
  const replace = async (cert: string, key: string) => {
    return (await exchange(server.port, `GET /replace?cert=${cert}&key=${key}`)).body.toString()
  }
  const nameNow = async () => {
    const socket = connect({ port: server.port, host: 'localhost', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { subject } = socket.getPeerCertificate()
    socket.destroy()
    return subject.CN
  }

  it.skipIf(isBun)('is not taken if it is no pair, and is used for new connections only', async () => {
    const second = makePair(folder.path, 'second')
    expect(await replace(pair.certFile, second.keyFile)).toBe('no pair')
    expect(await replace(pair.keyFile, pair.certFile)).toBe('no pair')
    expect(await nameNow()).toBe('first')
    const before = await openSocket(server.port)
    expect(await replace(second.certFile, second.keyFile)).toBe('replaced')
    expect(await nameNow()).toBe('second')
    before.write(ask('GET /film.mp4', 'Range: bytes=0-3', 'Connection: close'))
    expect(await text(before)).toMatch(/^HTTP\/1\.1 206 /)
  })

  it.runIf(isBun)('is not possible where the runtime cannot do it', async () => {
    expect(await replace(pair.certFile, pair.keyFile)).toBe('not here')
  })
})

describe('a server that stops', () => {
  it('finishes what it sends, and ends connections without a request', async () => {
    await using stopping = await startScript('tls-server.ts', pair.certFile, pair.keyFile)
    const options = { port: stopping.port, host: 'localhost', rejectUnauthorized: false }
    const busy = connect(options)
    const starting = connectTcp(stopping.port, 'localhost')
    // Bun accepts a connection with its first byte; the kernel would forget this one without a word.
    starting.write('\x16')
    const all = [connect(options), starting, busy]
    const ended = Promise.all(all.map((socket) => once(socket.on('error', () => {}).resume(), 'close')))
    busy.write(ask('GET /film.mp4'))
    await once(busy, 'data')
    const start = performance.now()
    expect(await stopping.stop()).toBe(0)
    expect(performance.now() - start).toBeLessThan(4000)
    await ended
  })
})

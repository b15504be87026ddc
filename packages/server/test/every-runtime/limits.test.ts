import { once } from 'node:events'
import type { ClientHttp2Session } from 'node:http2'
import { connect } from 'node:net'
import { describe, type ExpectStatic, expect, it } from 'vitest'
import { runtime } from '../support/growing-client.ts'
import { ask as askHttp2 } from '../support/http2.ts'
import { type Client, LIMITS, type Name, sharedServers } from '../support/limited-client.ts'

/**
 * For how many seconds bodies last at their rate, and the least part of it that they must get. A busy machine may take any
 * time; on a quiet one, try 10 and 0.95.
 */
const [SECONDS, LEAST] = [0.8, 0]
/** What may be sent at once, in seconds of a rate. */
const BURST = 0.2
/** What heads add to bodies, in bytes. */
const HEADS = 1000

const { server, ask, openSession } = sharedServers()

/** Bodies that are under way. */
interface Bodies {
  /** How many bytes of each have come. */
  received(): readonly number[]
  end(): void
}

/**
 * Waits until bodies have been sent for `SECONDS` at a rate, and ends them.
 *
 * @param expect of the test: several run at the same time.
 * @returns what came of each, as a part of what was allowed until then.
 */
async function measure(
  expect: ExpectStatic,
  name: Name,
  rate: number,
  begin: () => Bodies | Promise<Bodies>,
): Promise<readonly number[]> {
  const started = performance.now()
  const bodies = await begin()
  const sum = () => bodies.received().reduce((total, bytes) => total + bytes)
  await expect.poll(sum, { interval: 10, timeout: 40_000 }).toBeGreaterThan(rate * SECONDS)
  const received = bodies.received()
  const allowed = rate * ((performance.now() - started) / 1000 + BURST)
  bodies.end()
  const parts = received.map((bytes) => bytes / allowed)
  if (LEAST > 0) console.info(name, parts)
  return parts
}

/** Asks for a body on each of some connections. */
const onConnections = (name: Name, count: number) => async () => {
  const clients = await Promise.all(Array.from({ length: count }, () => ask(name)))
  return {
    received: () => clients.map(({ received }) => received - HEADS),
    end() {
      for (const { socket } of clients) socket.destroy()
    },
  }
}

/** Asks for some bodies on one connection of HTTP/2. */
const onStreams = (count: number) => () => {
  const session = openSession()
  const received = Array.from({ length: count }, () => 0)
  for (const index of received.keys()) {
    session.request({ ':path': '/long.mp4' }).on('data', (piece: Buffer) => {
      received[index] = (received[index] ?? 0) + piece.byteLength
    })
  }
  return { received: () => received, end: () => session.destroy() }
}

/** Checks what came of bodies that share a rate. */
function expectShares(parts: readonly number[]): void {
  const sum = parts.reduce((total, part) => total + part)
  expect(sum).toBeLessThanOrEqual(1)
  expect(sum).toBeGreaterThan(LEAST)
  // What is sent at once at the beginning may be one's alone.
  expect(Math.min(...parts)).toBeGreaterThan(Math.max(...parts) / 3)
}

describe.concurrent('a rate', () => {
  it.for([
    ['from pooled buffers', 'rate'],
    ['as streams', 'streams'],
    ['over TLS', 'secure'],
  ] as const)('is what a connection gets %s', async ([, name], { expect }) => {
    expectShares(await measure(expect, name, LIMITS[name].rate, onConnections(name, 1)))
  })

  it.skipIf(runtime === 'bun')(
    'is what all streams of one connection get together over HTTP/2',
    async ({ expect }) => {
      expectShares(await measure(expect, 'http2', LIMITS.http2.rate, onStreams(3)))
    },
  )

  it('of all connections is divided among them', async ({ expect }) => {
    expectShares(await measure(expect, 'total', LIMITS.total.totalRate, onConnections('total', 4)))
  })

  it('of each connection is its own', async ({ expect }) => {
    const rate = 3 * LIMITS.both.rate
    expectShares(await measure(expect, 'both', rate, onConnections('both', 3)))
  })

  it('may be so slow that a body waits for longer than the write time-out', async () => {
    const started = performance.now()
    const client = await ask('slow', ['Range: bytes=0-1299', 'Connection: close'])
    await once(client.socket, 'close')
    expect(client.text.slice(client.text.indexOf('\r\n\r\n') + 4)).toHaveLength(1300)
    // All but the first 256 bytes.
    expect(performance.now() - started).toBeGreaterThan(1000)
  })
})

it('a rate keeps nothing open for a client that leaves, and does not keep a server from stopping', async () => {
  const clients = await Promise.all([ask('slow'), ask('slow')])
  await expect.poll(server.open, { interval: 10 }).toBe(2)
  clients[0]?.socket.destroy()
  await expect.poll(server.open, { interval: 10 }).toBe(1)
  await server.stop('slow')
  await expect.poll(server.open, { interval: 10 }).toBe(0)
})

describe('a number of connections', () => {
  const REFUSED =
    /^HTTP\/1\.1 503 (?=.*\nRetry-After: 5\r)(?=.*\nConnection: close\r).*\{"detail":"Too many connections"\}$/is
  const SERVED = /^HTTP\/1\.1 206 /
  const served = (name: Name, localAddress?: string) => ask(name, ['Range: bytes=0-3'], localAddress)
  const expectAnswer = (client: Client, answer: RegExp) =>
    expect.poll(() => client.text, { interval: 10 }).toMatch(answer)

  it.each(['many', 'secure'] as const)('is not exceeded: %s', async (name) => {
    const most = LIMITS[name].maxConnections
    const open = await Promise.all(Array.from({ length: most }, () => served(name)))
    for (const client of open) await expectAnswer(client, SERVED)
    const late = await served(name)
    await expectAnswer(late, REFUSED)
    await expect.poll(() => late.socket.closed).toBe(true)
    // Those that are open are not affected, and make room when they are closed.
    const [first, ...others] = open
    first?.socket.destroy()
    await expect
      .poll(async () => {
        const next = await served(name)
        await expectAnswer(next, /\r\n\r\n/)
        others.push(next)
        return next.text
      })
      .toMatch(SERVED)
    for (const { socket } of others) socket.destroy()
  })

  it.skipIf(runtime === 'bun')('is not exceeded over HTTP/2', async () => {
    const range = { ':path': '/long.mp4', range: 'bytes=0-3' }
    let first: ClientHttp2Session | undefined
    // The connection of the test before may still be open.
    await expect
      .poll(async () => {
        first = openSession()
        return (await askHttp2(first, range)).status
      })
      .toBe(206)
    const late = openSession()
    const { status, headers } = await askHttp2(late, range)
    expect([status, headers['retry-after']]).toEqual([503, '5'])
    await expect.poll(() => late.destroyed).toBe(true)
    expect(first && (await askHttp2(first, range)).status).toBe(206)
    first?.destroy()
  })

  // Bun reports a connection with its first request.
  it.skipIf(runtime === 'bun')('leaves few of a flood open', async () => {
    const flood = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = connect(server.port('many'), '127.0.0.1').on('error', () => {})
        await once(socket, 'connect')
        return socket
      }),
    )
    const closed = () => flood.filter((socket) => socket.resume().closed).length
    await expect.poll(closed, { interval: 10 }).toBeGreaterThanOrEqual(100 - LIMITS.many.maxConnections - 64)
    expect(closed()).toBeLessThan(50)
    for (const socket of flood) socket.destroy()
  })

  it('from one address is not exceeded, whatever others have', async () => {
    const first = await served('neighbours')
    await expectAnswer(first, SERVED)
    await expectAnswer(await served('neighbours'), REFUSED)
    const other = await served('neighbours', '127.0.0.2')
    await expectAnswer(other, SERVED)
    for (const { socket } of [first, other]) socket.destroy()
  })
})

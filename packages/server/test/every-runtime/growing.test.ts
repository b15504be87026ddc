import { setTimeout as sleep } from 'node:timers/promises'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { sharedServer } from '@rangekit/test-kit/fixtures'
import { converse, exchange, field, requestText } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { openClient, runtime, startGrowingServer, type Way } from '../support/growing-client.ts'

const LENGTH = 200_003
const FIRST = 70_001
/** What a body that waits must outlast, in seconds. */
const WRITE_TIMEOUT = 0.25

const WAYS = [
  ['from pooled buffers', 'pooled'],
  ['as streams', 'streams'],
  ["by the runtime's own server", 'foreign'],
] as const satisfies readonly (readonly [string, Way])[]

/** When a writer fails, whether the length is known, and how much is there. */
const BREAKS: readonly (readonly [string, boolean, number])[] = [
  ['before its first byte', true, 0],
  ['in the middle', true, FIRST],
  ['in the middle, whose length nobody knows,', false, FIRST],
]

describe.each(WAYS)('a body that is sent %s while it is written', (_, way) => {
  const server = sharedServer(() => startGrowingServer(way, WRITE_TIMEOUT))
  // Bun.serve declares the length of no stream, sends no head before the first byte, and answers no pipelined request. It and
  // Deno.serve declare a length of 0 for HEAD if there is none.
  const isBuns = way === 'foreign' && runtime === 'bun'
  const isForeign = way === 'foreign' && runtime !== 'node'

  it.each([
    ['known', true, String(LENGTH)],
    ['not known', false, undefined],
  ])('is whole in the end if its length is %s', async (_, isLengthKnown, length) => {
    const contentLength = isBuns ? undefined : length
    const { key, whole, order, expectState } = await server.begin(LENGTH, isLengthKnown)
    const answering = exchange(server.port, `GET /${key}`)
    for (const frontier of [1, FIRST, FIRST + 1, LENGTH - 1]) {
      await expectState({ waiting: 1 })
      await order(`reach=${frontier}`)
    }
    await order('finish')
    const response = await answering
    expect([response.status, response.complete, field(response, 'Content-Length')]).toEqual([
      200,
      true,
      contentLength,
    ])
    expect(sameBytes(response.body, whole)).toBe(true)
    const ends = [`complete: ${LENGTH} of ${length} bytes, all written`]
    await expectState({ open: 0, waiting: 0, ends })
  })

  it.skipIf(isBuns)('is answered at once, and sent as far as it is there', async () => {
    const { key, whole, order, expectState } = await server.begin(LENGTH, true)
    const client = await openClient(server.port)
    client.write(requestText(`GET /${key}`, [`Range: bytes=10-`]))
    await expect
      .poll(() => client.received.toString('latin1'))
      .toMatch(/^HTTP\/1\.1 206 (?:.|\r\n)+\r\n\r\n$/)
    const head = client.received.byteLength
    await order(`reach=${FIRST}`)
    await expect.poll(() => client.received.byteLength - head).toBe(FIRST - 10)
    expect(sameBytes(client.received.subarray(head), whole.subarray(10, FIRST))).toBe(true)
    client.leave()
    await expectState({ open: 0, waiting: 0 })
  })

  it.each([
    ['before its first byte', true, 0],
    ['in the middle', true, FIRST],
    ['before its first byte, whose length nobody knows,', false, 0],
    ['in the middle, whose length nobody knows,', false, FIRST],
  ])('ends at once when its client leaves while it waits %s', async (_, isLengthKnown, frontier) => {
    const { key, order, expectState } = await server.begin(LENGTH, isLengthKnown)
    await order(`reach=${frontier}`)
    const client = await openClient(server.port)
    client.write(requestText(`GET /${key}`))
    await expectState({ open: 1, waiting: 1 })
    client.leave()
    await expectState({
      open: 0,
      waiting: 0,
      ends: [expect.stringMatching(`^aborted: ${frontier} of .+, ${frontier} written`)],
    })
  })

  it.each(isBuns ? BREAKS.slice(1) : BREAKS)(
    'breaks when its writer fails while it waits %s',
    async (_, isLengthKnown, frontier) => {
      const { key, order, expectState } = await server.begin(LENGTH, isLengthKnown)
      await order(`reach=${frontier}`)
      const answering = exchange(server.port, `GET /${key}`)
      await expectState({ waiting: 1 })
      await order('fail')
      const { status, complete, closed, body } = await answering
      expect([status, complete, closed, body.byteLength]).toEqual([200, false, true, frontier])
      await expectState({ open: 0, waiting: 0, ends: [expect.stringMatching(`^failed: ${frontier} of `)] })
    },
  )

  it('is open-ended for an open-ended range of what has no known length', async () => {
    const { key, whole, order, expectState } = await server.begin(LENGTH, false)
    await order(`reach=${FIRST}`)
    const answering = exchange(server.port, `GET /${key}`, [`Range: bytes=${FIRST}-`])
    await expectState({ waiting: 1 })
    await order('finish')
    const response = await answering
    expect([response.status, response.complete]).toEqual([206, true])
    expect(field(response, 'Content-Range')).toBe(`bytes ${FIRST}-9007199254740991/*`)
    expect(sameBytes(response.body, whole.subarray(FIRST))).toBe(true)
  })

  it('has parts that are still to come', async () => {
    const { key, order, expectState } = await server.begin(LENGTH, true)
    await order(`reach=${FIRST}`)
    const answering = exchange(server.port, `GET /${key}`, [`Range: bytes=0-9,${FIRST - 5}-${FIRST + 4},-10`])
    await expectState({ waiting: 1 })
    await order(`reach=${FIRST + 5}`)
    await expectState({ waiting: 1 })
    await order('finish')
    const response = await answering
    const { status, complete, body } = response
    const contentLength = isBuns ? undefined : String(body.byteLength)
    expect([status, complete, field(response, 'Content-Length')]).toEqual([206, true, contentLength])
    expect(body.toString('latin1').match(/content-range: .+/gi)).toHaveLength(3)
  })

  it('is not waited for by HEAD', async () => {
    for (const isLengthKnown of [true, false]) {
      const { key, expectState } = await server.begin(LENGTH, isLengthKnown)
      const { status, headers } = await exchange(server.port, `HEAD /${key}`)
      expect(status).toBe(200)
      expect(headers.some(({ name }) => /^content-length$/i.test(name))).toBe(isLengthKnown || isForeign)
      await expectState({ open: 0, waiting: 0 })
    }
  })

  it.skipIf(isBuns)('lets the next response follow on the same connection, once it has ended', async () => {
    const { key, order, expectState } = await server.begin(LENGTH, false)
    await order('reach=4')
    const two =
      requestText(`GET /${key}`) + requestText(`GET /${key}`, ['Range: bytes=0-3', 'Connection: close'])
    const conversing = converse(server.port, two)
    await expectState({ waiting: 1 })
    await order('finish')
    const received = (await conversing).toString('latin1')
    const next = received.lastIndexOf('HTTP/1.1 ')
    // The last chunk, then the next response.
    expect(received.slice(next - 7, next + 12)).toBe('\r\n0\r\n\r\nHTTP/1.1 206')
    expect(received.slice(-8)).toBe('\r\n\r\n\0\0\0\0')
    await expectState({ open: 0, waiting: 0 })
  })

  // Node's own server, and the others, have time-outs of their own, and no answer for HTTP/1.0.
  describe.runIf(way !== 'foreign')('by our server', () => {
    it('is not cut for the time that its writer takes, longer than the write time-out', async () => {
      const { key, order, expectState } = await server.begin(LENGTH, true)
      const answering = exchange(server.port, `GET /${key}`)
      for (const frontier of [1, FIRST]) {
        await expectState({ waiting: 1 })
        await sleep(WRITE_TIMEOUT * 1500)
        await order(`reach=${frontier}`)
      }
      await order('finish')
      expect((await answering).complete).toBe(true)
    })

    it('is cut for a client that does not read what is there', async () => {
      const { key, order, expectState } = await server.begin(64 * 1024 * 1024, true)
      await order(`reach=${48 * 1024 * 1024}`)
      const client = await openClient(server.port)
      client.pause()
      client.write(requestText(`GET /${key}`))
      await expectState({ open: 0, waiting: 0, ends: [expect.stringMatching('^aborted: ')] })
      client.leave()
    })

    it.each([
      ['whole', 'finish', 'end'],
      ['reset', 'fail', 'reset'],
    ])(
      'is %s for HTTP/1.0 if its writer says %s, although its end is that of the connection',
      async (_, order, end) => {
        const { key, ...growing } = await server.begin(LENGTH, false)
        const client = await openClient(server.port)
        client.write(`GET /${key} HTTP/1.0\r\n\r\n`)
        await growing.order(`reach=${FIRST}`)
        await growing.expectState({ waiting: 1 })
        const bytesIn = () => client.received.byteLength - client.received.indexOf('\r\n\r\n') - 4
        await expect.poll(bytesIn).toBe(FIRST)
        await growing.order(order)
        await expect.poll(() => client.end).toBe(end)
        expect(client.received.toString('latin1')).not.toMatch(/transfer-encoding/i)
        expect(bytesIn()).toBe(order === 'finish' ? LENGTH : FIRST)
      },
    )
  })

  it('leaves no rejection unhandled', () => {
    // Streams report why they break.
    expect(server.stderr).not.toMatch(/unhandled|uncaught|warning/i)
  })
})

describe('a server that stops', () => {
  it('gives bodies that wait for their writer the time that it gives all others', async () => {
    await using stopping = await startGrowingServer('pooled')
    const late = await stopping.begin(LENGTH, false)
    const inTime = await stopping.begin(LENGTH, false)
    const [cut, whole] = [late, inTime].map(({ key }) => exchange(stopping.port, `GET /${key}`))
    await late.expectState({ waiting: 1 })
    await inTime.order(`reach=${FIRST}`)
    await inTime.expectState({ waiting: 1 })
    await inTime.order('finish')
    const started = performance.now()
    expect(await stopping.stop()).toBe(0)
    expect(performance.now() - started).toBeLessThan(5000)
    expect((await whole)?.complete).toBe(true)
    expect((await cut)?.complete).toBe(false)
  })
})

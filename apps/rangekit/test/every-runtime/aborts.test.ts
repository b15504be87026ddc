import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, openSocket, requestText } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const small = positionBytes(100_000)

describe.each(runtime.ways)('clients that leave while bodies are sent $way', ({ args, share }) => {
  const count = 2000 * share
  const folder = sharedFolder(({ put, putSparse }) => {
    put('small.bin', small)
    putSparse('large.bin', 64 * 1024 * 1024)
  })
  const server = sharedServer(() => startServer(folder.path, { args }))

  /** Expects no open file, no output, and a server that answers as before. */
  async function expectNoTrace(): Promise<void> {
    await expectNothingOpen(server.pid, folder.path)
    expect(server.stderr).toBe('')
    const response = await exchange(server.port, 'GET /api/stream/small.bin')
    expect([response.status, sameBytes(response.body, small)]).toEqual([200, true])
  }

  it(`at ${count} random points leave no trace`, async () => {
    const departures = fc.sample(anyDeparture, { numRuns: count, seed: 20_240_506 })
    await rounds(count, 40, async (index) => {
      const departure = departures[index]
      if (departure !== undefined) await leave(server.port, departure)
    })
    await expectNoTrace()
  }, 120_000)

  it('after 100 pipelined requests leave no trace', async () => {
    const paths = ['large.bin', 'small.bin', 'none.bin']
    await rounds(20, 5, async (index) => {
      const requests = Array.from({ length: 100 }, (_, at) =>
        requestText(`GET /api/stream/${paths[(index + at) % paths.length]}`),
      )
      await leave(server.port, {
        request: requests.join(''),
        sent: 1,
        received: index * 300_000,
        how: index % 2 === 0 ? 'destroy' : 'resetAndDestroy',
      })
    })
    await expectNoTrace()
  }, 60_000)
})

interface Departure {
  readonly request: string
  /** How much of the request is sent, from 0 to 1. */
  readonly sent: number
  /** Leaves when this many bytes have come, or when no more come. */
  readonly received: number
  readonly how: 'destroy' | 'resetAndDestroy' | 'end'
}

const anyDeparture: fc.Arbitrary<Departure> = fc.record({
  request: fc
    .tuple(
      fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
      fc.constantFrom('large.bin', 'large.bin', 'small.bin', 'none.bin'),
      fc.constantFrom(
        '0-',
        '-1000000',
        '0-3',
        '0-9,50000-60000',
        '0-9,50000-99999,-1000',
        'x',
        '99999999999-',
      ),
    )
    .map(([method, name, range]) => requestText(`${method} /api/stream/${name}`, [`Range: bytes=${range}`])),
  sent: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  received: fc.oneof(fc.constantFrom(0, 1), fc.nat(1000), fc.nat(200_000), fc.nat(4_000_000)),
  how: fc.constantFrom('destroy', 'resetAndDestroy', 'end'),
})

/** Sends a request, and leaves before the whole response has come. */
async function leave(port: number, { request, sent, received, how }: Departure): Promise<void> {
  const socket = await openSocket(port)
  socket.write(request.slice(0, Math.ceil(request.length * sent)))
  await readSome(socket, sent === 1 ? received : 0)
  if (how === 'end') {
    // Half-closes the connection, and leaves a moment later.
    socket.pause().end()
    await sleep(5)
    socket.destroy()
  } else socket[how]()
}

/** Reads until so many bytes have come, until no more come, or until the connection ends. */
function readSome(socket: Socket, wanted: number): Promise<void> {
  return new Promise((resolve) => {
    let received = 0
    const idle = setTimeout(resolve, 100)
    const done = () => {
      clearTimeout(idle)
      resolve()
    }
    if (wanted === 0) return done()
    socket.once('close', done).on('data', (piece) => {
      received += piece.byteLength
      if (received >= wanted) done()
      else idle.refresh()
    })
  })
}

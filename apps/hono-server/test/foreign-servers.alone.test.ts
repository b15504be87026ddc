import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { exchange, openSocket, requestText } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { ENGINES } from '@rangekit/test-kit/runtimes'
import { type StartedServer, startCommand } from '@rangekit/test-kit/start-server'
import { describe, expect, it } from 'vitest'

const script = new URL('support/foreign-server.ts', import.meta.url).pathname
const COUNT = 50
const bytes = positionBytes(3_000_001)

const folder = sharedFolder(({ put, putSparse }) => {
  put('film.mp4', bytes)
  // More than the kernel buffers for a client that does not read.
  putSparse('long.mp4', 64 * 1024 * 1024)
})

const servers = [
  { name: 'node', server: '@hono/node-server', flags: ['--expose-gc'] },
  { name: 'bun', server: 'Bun.serve', flags: [] },
  { name: 'deno', server: 'Deno.serve', flags: ['--v8-flags=--expose-gc'] },
] as const

const sharedForeign = ({ name, flags }: (typeof servers)[number], ...args: readonly string[]) =>
  shared(
    () => startCommand([...ENGINES[name], ...flags, script, folder.path, ...args]),
    (server) => server.stop('SIGKILL'),
  )

/** Requests a path, and returns the status; 0 if it left before there was one. */
type Ask = (port: number, path: string) => Promise<number>

const ask =
  (method: string, ...fields: readonly string[]): Ask =>
  async (port, path) => {
    const { status, body } = await exchange(port, `${method} ${path}`, fields)
    if (status === 200 && method === 'GET' && body.length > 100) expect(sameBytes(body, bytes)).toBe(true)
    return status
  }

/** On persistent connections. */
const askAgain: Ask = async (port, path) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  await response.arrayBuffer()
  return response.status
}

/** Leaves in the middle of the body. */
const leave: Ask = async (port, path) => {
  const socket = await openSocket(port)
  socket.write(requestText(`GET ${path}`))
  const [start] = await once(socket, 'data')
  socket.pause()
  await sleep(20)
  socket.destroy()
  return Number(start.toString('latin1', 9, 12))
}

/** Leaves before there is a response, for example while the file is opened. */
const leaveBefore: Ask = async (port, path) => {
  const socket = await openSocket(port)
  socket.write(requestText(`GET ${path}`))
  await sleep(20)
  socket.destroy()
  return 0
}

const SENT = [['were sent whole', '/api/stream/film.mp4', ask('GET'), 200]] as const

/** Responses that end with their stream, or before there is one. */
const LEFT = [
  ['answered HEAD', '/api/stream/film.mp4', ask('HEAD'), 200],
  ['were a 304', '/api/stream/film.mp4', ask('GET', 'If-None-Match: *'), 304],
  ['were left in the middle', '/api/stream/long.mp4', leave, 200],
  ['came from a handler without Hono', '/handler/film.mp4', ask('GET'), 200],
  ['came from a handler without Hono and were left in the middle', '/handler/long.mp4', leave, 200],
  ['were left before they began', '/slow/film.mp4', leaveBefore, 0],
] as const

/** Responses that nothing ever reads. */
const DROPPED = [
  ['a middleware replaced', '/replaced/film.mp4', ask('GET'), 200],
  ['a middleware replaced, on persistent connections', '/replaced/film.mp4', askAgain, 200],
  ['a middleware dropped by throwing', '/dropped/film.mp4', ask('GET'), 500],
  ['a middleware timed out on', '/late/film.mp4', ask('GET'), 504],
] as const

/** Responses whose end only the garbage collector notices. */
const FORGOTTEN = [
  ['a middleware began to read', '/begun/film.mp4', ask('GET'), 200],
  ['were forgotten', '/forgotten/film.mp4', ask('GET'), 200],
] as const

async function expectNoTrace(server: StartedServer, path: string, ask: Ask, status: number): Promise<void> {
  const statuses = await rounds(COUNT, 10, () => ask(server.port, path))
  expect(new Set(statuses)).toEqual(new Set([status]))
  await expectNothingOpen(server.pid, folder.path)
}

describe.each(servers)('on $server', (engine) => {
  describe('with frequent garbage collection', () => {
    const server = sharedForeign(engine, 'collecting')

    it.each([...SENT, ...DROPPED, ...FORGOTTEN])(
      `${COUNT} responses that %s leave no file open`,
      (_, path, ask, status) => expectNoTrace(server, path, ask, status),
    )
  })

  // `Bun.serve` does not report the end of a response.
  const reported = engine.name === 'bun' ? LEFT : [...LEFT, ...DROPPED]

  describe('without forced garbage collection', () => {
    const server = sharedForeign(engine)

    it.each(reported)(`${COUNT} responses that %s leave no file open`, (_, path, ask, status) =>
      expectNoTrace(server, path, ask, status),
    )

    it.each(['', 'Range: bytes=0-9'])(
      'a field that cannot be sent is a 500 with the usual reason phrase: %s',
      async (range) => {
        for (const method of ['GET', 'HEAD']) {
          const socket = await openSocket(server.port)
          socket.write(requestText(`${method} /unsendable`, [range, 'Connection: close'].filter(Boolean)))
          expect(await text(socket)).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/)
        }
        await expectNothingOpen(server.pid, folder.path)
      },
    )

    it('prints nothing', () => {
      expect(server.stderr).toBe('')
    })
  })
})

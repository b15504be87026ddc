import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { builtCommand } from '@rangekit/test-kit/built-command'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { hold } from '@rangekit/test-kit/download'
import { makeFolder } from '@rangekit/test-kit/folder'
import { exchange, field, openSocket, requestText } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startUnder } from '../support/server.ts'

const prlimit = findTool('prlimit', 'util-linux')
const strace = findTool('strace', 'strace')

/** Sends a request on a connection. Returns a short response whole, or a long one up to its head and then pauses. */
async function ask(socket: Socket, path: string): Promise<string> {
  let text = ''
  socket.resume().write(requestText(`GET ${path}`))
  for (;;) {
    const [piece] = await once(socket, 'data')
    text += piece.toString('latin1')
    const length = Number(/\r\ncontent-length: (\d+)\r/i.exec(text)?.[1])
    const body = text.split('\r\n\r\n')[1]
    if (body !== undefined && (length > 1000 || body.length === length)) break
  }
  socket.pause()
  return text
}

describe.skipIf(prlimit === undefined)('a server that runs out of descriptors', { concurrent: true }, () => {
  it('answers 503 with Retry-After, never 404 or 403, and recovers', async ({ expect }) => {
    using folder = makeFolder()
    // Every client holds its connection and requests another file: together they need twice the descriptors.
    const paths = Array.from({ length: 100 }, (_, index) => `/api/stream/${index}.mp4`)
    for (const path of paths) folder.putSparse(path.replace('/api/stream/', ''), 64 * 1024 * 1024)
    // Built, because Deno opens a source again to locate an error in it, and exits if it cannot.
    await using server = await startUnder([prlimit ?? '', '--nofile=160:160'], folder.path, builtCommand())
    const { port } = server
    const clients = await rounds(paths.length, 10, async () => {
      const socket = await openSocket(port)
      expect(await ask(socket, '/readyz')).toMatch(/^HTTP\/1\.1 200 /)
      return socket
    })
    const asked = await Promise.all(
      clients.map(async (socket, index) => ({ socket, answer: await ask(socket, paths[index] ?? '') })),
    )
    const refused = asked.filter(({ answer }) => !answer.startsWith('HTTP/1.1 200 '))
    expect(refused.length).toBeGreaterThan(10)
    expect(refused.length).toBeLessThan(asked.length)
    for (const { answer } of refused) {
      expect(answer).toMatch(/^HTTP\/1\.1 503 /)
      expect(answer).toMatch(/\r\nretry-after: 1\r\n/i)
      expect(answer).toMatch(/\r\ncache-control: no-store\r\n/i)
      expect(answer).toMatch(/\r\n\r\n\{"detail":"Busy, try again"\}$/)
    }

    // Refused clients are served as soon as others are done.
    for (const { socket, answer } of asked) if (answer.startsWith('HTTP/1.1 200 ')) socket.destroy()
    await expectNothingOpen(server.pid, folder.path, expect)
    const again = await Promise.all(
      refused.slice(0, 10).map(({ socket }, index) => ask(socket, paths[index] ?? '')),
    )
    expect(again.filter((answer) => !answer.startsWith('HTTP/1.1 200 '))).toEqual([])

    // When not even a descriptor for the connection is left, the kernel keeps it waiting.
    const late = Array.from({ length: 150 }, () => connect(port, '127.0.0.1').on('error', () => {}))
    for (const socket of late) socket.write(requestText('GET /readyz'))
    await sleep(500)
    for (const socket of [...clients, ...late]) socket.destroy()
    await expectNothingOpen(server.pid, folder.path, expect)
    const probe = async () => (await exchange(port, 'GET /api/stream/7.mp4', ['Range: bytes=0-9'])).status
    if (runtime.flooded === 'answered') expect(await probe()).toBe(206)
    else await expect.poll(probe, { interval: 100 }).toBe(206)
  }, 60_000)

  it('continues a download while more connections arrive than it has descriptors for', async ({ expect }) => {
    using folder = makeFolder()
    folder.putSparse('film.mp4', 64 * 1024 * 1024)
    await using server = await startUnder([prlimit ?? '', '--nofile=160:160'], folder.path, builtCommand())
    const held = await hold(server.port, '/api/stream/film.mp4')
    const flood = Array.from({ length: 300 }, () => connect(server.port, '127.0.0.1').on('error', () => {}))
    // A runtime that must listen again does so within this time.
    await sleep(2500)
    for (const socket of flood) socket.destroy()
    const { received, closed } = await held.finish()
    expect({ received, closed }).toEqual({ received: held.contentLength, closed: false })
  })
})

/** The first line of one fault in the log, by status. Each runtime begins it differently. */
const LOGGED = { 500: /^(?:\S*Error: |error: |E[A-Z]+: )/gm, 503: /^SourceBusyError: /gm }

const injections = [
  { fault: 'openat:error=EIO', status: 500 },
  { fault: 'openat:error=EMFILE', status: 503 },
  { fault: 'openat:error=ENFILE', status: 503 },
  { fault: 'openat:error=ENOMEM', status: 503 },
  { fault: 'openat:error=ESTALE', status: 500 },
  { fault: 'openat:error=EACCES', status: 404 },
  { fault: 'openat:error=ELOOP', status: 404 },
  { fault: 'pread64:error=EIO', status: 500 },
  { fault: 'pread64:error=ESTALE', status: 500 },
  { fault: 'pread64:retval=0', status: 500 },
  { fault: 'pread64:delay_enter=300000', status: 206 },
  { fault: 'statx:error=EIO', status: 500 },
] as const

describe.skipIf(strace === undefined)('a server with a failing disk', { concurrent: true }, () => {
  it.for(injections)(
    'answers $status to $fault, logs a fault once, and goes on',
    async ({ fault, status }, { expect }) => {
      using folder = makeFolder()
      folder.put('film.mp4', 'x'.repeat(100_000))
      folder.put('other.mp4', 'y'.repeat(100_000))
      // With --seccomp-bpf, the process stops only for calls of that name.
      const trace = ['--seccomp-bpf', `--trace=${fault.split(':')[0]}`, `--inject=${fault}`]
      const options = ['-f', '-qq', '-o', '/dev/null', '-P', folder.at('film.mp4'), ...trace]
      await using server = await startUnder([strace ?? '', ...options], folder.path)
      const { port } = server
      const response = await exchange(port, 'GET /api/stream/film.mp4', ['Range: bytes=10-19'])
      expect(response.status).toBe(status)
      if (status === 206) expect(response.body.toString()).toBe('x'.repeat(10))
      if (status === 500) expect(response.body.toString()).toBe('{"detail":"Internal error"}')
      if (status === 503) expect(field(response, 'retry-after')).toBe('1')
      if (status === 500 || status === 503) expect(server.stderr.match(LOGGED[status])?.length).toBe(1)
      else expect(server.stderr).toBe('')
      expect((await exchange(port, 'GET /api/stream/other.mp4', ['Range: bytes=10-19'])).status).toBe(206)
    },
  )
})

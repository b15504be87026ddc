import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RawOptions, rawExchanges, renderReport, runConformance } from '@rangekit/conformance'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { exchange, field, openSocket, requestText } from '@rangekit/test-kit/raw'
import { ENGINES, poisoned } from '@rangekit/test-kit/runtimes'
import { startCommand } from '@rangekit/test-kit/start-server'
import { describe, expect, it } from 'vitest'
import { beginFile, type Writer } from '../support/growing-file.ts'

/** RANGEKIT_RUNTIME names the runtime of the server. */
const engine = process.env['RANGEKIT_RUNTIME'] ?? 'node'
if (!isEngine(engine)) throw new Error(`No such runtime: ${engine}`)
const script = new URL('../support/growing-server.ts', import.meta.url).pathname

const THERE = 100_000
const LENGTH = 400_000
const VERY_LARGE = '9007199254740991'

interface Way {
  readonly way: 'pooled' | 'streams' | 'native'
  /** How a body of known length is framed. */
  readonly framing: RegExp
  /** Vectors that it may fail. */
  readonly broken: readonly string[]
  /** Whether the head of a response is sent before the first byte of its body is there. */
  readonly isHeadFirst: boolean
  /** What is asked behind another request on the same connection; empty if the server answers one at a time. */
  readonly pipelines: readonly string[]
}

const RIGHT: Omit<Way, 'way'> = {
  framing: /^content-length$/,
  broken: [],
  isHeadFirst: true,
  pipelines: ['/readyz'],
}
/** What Bun.serve and Deno.serve answer to HEAD where no length is known: that it is 0. */
const HEADS = ['unknown-head', 'unknown-head-range']

/** The servers that the runtimes have themselves; on Node, that of Hono. */
const NATIVE: Readonly<Record<string, Omit<Way, 'way'>>> = {
  // It sends most streams in chunks, and closes a connection with two requests at once.
  bun: {
    framing: /^(?:content-length|chunked)$/,
    broken: [
      ...HEADS,
      'unknown-clamped-length',
      'unknown-next-after-range',
      'unknown-next-after-unsatisfiable',
      'unknown-next-after-head',
    ],
    isHeadFirst: false,
    pipelines: [],
  },
  deno: { ...RIGHT, broken: HEADS },
}

const WAYS: readonly Way[] = [
  { way: 'pooled', ...RIGHT },
  { way: 'streams', ...RIGHT },
  { way: 'native', ...(NATIVE[engine] ?? RIGHT) },
]

const folder = sharedFolder()
function isEngine(name: string): name is keyof typeof ENGINES {
  return name in ENGINES
}

/** Calls something again and again while something else goes on. */
async function meanwhile<T>(act: () => void, until: Promise<T>): Promise<T> {
  const timer = setInterval(act, 20)
  return until.finally(() => clearInterval(timer))
}

/** Calls something when the head of the response has come: from then on the body is followed. */
function onHead(act: () => void) {
  let hasCome = false
  return {
    isEnough() {
      if (!hasCome) act()
      hasCome = true
      return false
    },
  }
}

const framed = (by: RegExp) => ({ framing: expect.stringMatching(by) })
const expectSame = (body: Uint8Array, expected: Uint8Array) =>
  expect([body.length, sameBytes(body, expected)]).toEqual([expected.length, true])

describe.each(WAYS)(
  `a file that is still being written, on ${engine}, $way,`,
  ({ way, framing, broken, isHeadFirst, pipelines }) => {
    const server = shared(
      () => startCommand([...poisoned(engine), script, folder.path, way]),
      (started) => started.stop('SIGKILL'),
    )
    /** Requests a file, and does something once it is being read. */
    const get = async (file: Writer, fields: readonly string[], act: () => void) => {
      const ask = (options?: RawOptions) => exchange(server.port, `GET ${file.path}`, fields, options)
      if (isHeadFirst) return ask(onHead(act))
      const asked = ask()
      const opened = async () => (await fetch(`${server.origin}/keys`)).json()
      await expect.poll(opened).toContain(file.path.replace('/api/stream/', ''))
      act()
      return asked
    }
    /** Some more bytes, and then an end. */
    const goOn = (file: Writer, count: number, how: 'finish' | 'giveUp') => {
      file.write(count)
      setTimeout(() => file[how](), 60)
    }
    const counts = async () => (await fetch(`${server.origin}/counts`)).json()
    const live = (firstPos: number) => `Range: bytes=${firstPos}-${VERY_LARGE}`

    it.concurrent('passes every vector for an unknown length while it grows', async () => {
      const file = beginFile(folder, 10_000_000, THERE)
      const report = await meanwhile(() => file.write(10), runConformance(`${server.origin}${file.path}`))
      const failed = report.results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
      expect(
        failed.filter((id) => !broken.includes(id)),
        renderReport(report),
      ).toEqual([])
      expect(report.totals.notOffered).toBe(0)
      expect(report.totals.passed).toBeGreaterThan(45)
      file.giveUp()
    })

    it.concurrent.each([
      ['from its start, without Range', [], 200, 0],
      ['from a position that is there', [live(50_001)], 206, 50_001],
      ['from the next byte', [live(THERE)], 206, THERE],
    ] as const)('of unknown length is followed to its end: %s', async (_, fields, status, firstPos) => {
      const file = beginFile(folder, LENGTH, THERE)
      const response = await get(file, fields, () => goOn(file, 150_000, 'finish'))
      expect(response).toMatchObject({ status, framing: 'chunked', complete: true })
      expect(response.extraBytes).toHaveLength(0)
      expectSame(response.body, file.bytes.subarray(firstPos))
    })

    it.concurrent('of unknown length has an empty body where nothing more comes', async () => {
      const file = beginFile(folder, THERE, THERE)
      const response = await get(file, [live(THERE)], () => file.finish())
      expect(response).toMatchObject({ status: 206, complete: true })
      expect(response.body).toHaveLength(0)
    })

    it.concurrent('of unknown length ends with the connection on HTTP/1.0', async () => {
      const file = beginFile(folder, LENGTH, THERE)
      const request = `GET ${file.path} HTTP/1.0\r\nHost: localhost\r\n\r\n`
      const [response] = await rawExchanges(
        { host: '127.0.0.1', port: server.port },
        [request],
        onHead(() => file.finish()),
      )
      expect(response).toMatchObject({ status: 200, framing: 'close', closed: true })
      expectSame(response?.body ?? new Uint8Array(), file.bytes)
    })

    it.concurrent.each(pipelines)(
      'of unknown length ends where the next response begins: %s',
      async (path) => {
        const file = beginFile(folder, LENGTH, THERE)
        const requests = [requestText(`GET ${file.path}`), requestText(`GET ${path}`, ['Connection: close'])]
        const [first, next] = await rawExchanges(
          { host: '127.0.0.1', port: server.port },
          requests,
          onHead(() => file.finish()),
        )
        expect(first).toMatchObject({ framing: 'chunked', complete: true })
        expect(next).toMatchObject({ status: 200, complete: true })
      },
    )

    it.concurrent.each([
      ['unknown', false, /^chunked$/],
      ['known', true, framing],
    ])('of %s length breaks when its writer gives up', async (_, isKnown, framedBy) => {
      const file = beginFile(folder, LENGTH, THERE, isKnown)
      const response = await get(file, ['Range: bytes=5-'], () => goOn(file, 1000, 'giveUp'))
      expect(response).toMatchObject({ ...framed(framedBy), status: 206, complete: false, closed: true })
      expectSame(response.body, file.bytes.subarray(5, 5 + response.body.length))
      expect(response.body.length).toBeLessThanOrEqual(THERE + 1000 - 5)
    })

    it.concurrent.each([
      ['all of it', [], 200, 0, LENGTH - 1],
      ['a range from what is there to what is not', ['Range: bytes=70000-250000'], 206, 70_000, 250_000],
      ['a range that is still to come', ['Range: bytes=300000-300009'], 206, 300_000, 300_009],
      ['a suffix', ['Range: bytes=-1000'], 206, LENGTH - 1000, LENGTH - 1],
    ] as const)('of known length is waited for: %s', async (_, fields, status, firstPos, lastPos) => {
      const file = beginFile(folder, LENGTH, THERE, true)
      const response = await get(file, fields, () => goOn(file, 150_000, 'finish'))
      expect(response).toMatchObject({ ...framed(framing), status, complete: true })
      expectSame(response.body, file.bytes.subarray(firstPos, lastPos + 1))
    })

    it.concurrent('of known length has several ranges that are still to come', async () => {
      const file = beginFile(folder, LENGTH, THERE, true)
      const response = await get(file, ['Range: bytes=0-9,300000-300009'], () => file.finish())
      expect(response).toMatchObject({ ...framed(framing), status: 206, complete: true })
      expect(field(response, 'content-type')).toMatch(/^multipart\/byteranges/)
      expect(response.body.includes(Buffer.from(file.bytes.subarray(300_000, 300_010)))).toBe(true)
    })

    it.each([
      ['unknown', false],
      ['known', true],
    ])('of %s length is closed once for each client that leaves while it waits', async (_, isKnown) => {
      const file = beginFile(folder, LENGTH, THERE, isKnown)
      const before = await counts()
      const positions = [0, THERE - 10, ...(isHeadFirst ? [THERE] : [])]
      for (const from of positions) {
        const socket = await openSocket(server.port)
        socket.write(requestText(`GET ${file.path}`, [`Range: bytes=${from}-`]))
        const [start] = await once(socket, 'data')
        expect(start.toString('latin1')).toMatch(/^HTTP\/1\.1 206 /)
        socket.resume()
        await sleep(20)
        socket.destroy()
      }
      await expectNothingOpen(server.pid, folder.path)
      const after = await counts()
      expect(after.opened - before.opened).toBe(positions.length)
      expect(after).toMatchObject({ closed: after.opened, closedAgain: 0 })
      file.giveUp()
    })

    it('prints nothing but what broke bodies', () => {
      // Servers other than ours print why a stream has failed.
      const causes = server.stderr.match(/^\w*error: .*$/gim) ?? []
      expect(causes.filter((cause) => !cause.endsWith('The file was removed while it was written'))).toEqual(
        [],
      )
    })
  },
)

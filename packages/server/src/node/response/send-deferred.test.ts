import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { MaybePromise, Representation } from '@rangekit/range-core'
import { createHandler, type DeferredBody, deferredOf, type Outcome } from '@rangekit/range-handler'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RunningServer, ServeOptions } from '../../options.ts'
import { serve } from '../../serve.ts'
// Bytes that are sent from a buffer after it was given back show as 0xdb.
import '../../../test/support/poison.ts'

/** More than kernels buffer for a client that does not read. */
const LENGTH = 48 * 1024 * 1024
const FIRST_PIECE = 32 * 1024

type ReadInto = (target: Uint8Array<ArrayBuffer>, position: number) => MaybePromise<number>

/** Each byte shows which 4 KiB block of the representation it is from. */
const readBlocks: ReadInto = (target, position) => {
  for (let index = 0; index < target.byteLength; index++) target[index] = blockOf(position + index)
  return target.byteLength
}
const blockOf = (position: number) => (position >> 12) % 200

let server: RunningServer | undefined
afterEach(() => server?.stop(0))

/** Serves one representation, and keeps what becomes of it. */
async function start(
  readInto: ReadInto = readBlocks,
  completeLength = LENGTH,
  options: Partial<ServeOptions> = {},
  onClose = () => {},
  peek?: Representation['peek'],
) {
  const onError = vi.fn()
  const seen = { reading: 0, closed: 0, isClosedWhileReading: false, onError }
  const watchedRead: ReadInto = (target, position) => {
    const count = readInto(target, position)
    if (!(count instanceof Promise)) return count
    seen.reading++
    return count.finally(() => seen.reading--)
  }
  const handler = createHandler(
    {
      open: () => ({
        completeLength,
        read: () => Promise.reject(new Error('The body was read as a stream')),
        readInto: watchedRead,
        ...(peek !== undefined && { peek }),
        close() {
          seen.closed++
          seen.isClosedWhileReading ||= seen.reading > 0
          onClose()
        },
      }),
    },
    { onError },
  )
  let body: DeferredBody | undefined
  server = await serve({
    ...options,
    port: 0,
    async fetch(request) {
      const response = await handler(request)
      body = deferredOf(response)?.body
      return response
    },
  })
  const socket = connect(server.port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  socket.write('GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  return { socket, seen, outcome: () => body?.representation.outcome }
}

/** All that comes until the connection ends. */
async function readAll(socket: Socket): Promise<{ head: string; body: Buffer }> {
  const pieces: Buffer[] = []
  socket.on('data', (piece) => pieces.push(piece))
  await once(socket, 'close')
  const bytes = Buffer.concat(pieces)
  const end = bytes.indexOf('\r\n\r\n')
  return { head: bytes.toString('latin1', 0, end), body: bytes.subarray(end + 4) }
}

async function expectEnd(sent: Awaited<ReturnType<typeof start>>, outcome: Outcome | object): Promise<void> {
  await expect.poll(() => sent.seen.closed).toBe(1)
  expect(sent.outcome()).toEqual(outcome)
  // Nothing ends it again.
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(sent.seen).toMatchObject({ closed: 1, isClosedWhileReading: false })
}

describe.each<[string, (read: ReadInto) => ReadInto]>([
  ['at once', (read) => read],
  [
    'later',
    (read) => async (target, position) => {
      await new Promise((resolve) => setImmediate(resolve))
      return read(target, position)
    },
  ],
])('a body that is read %s', (_, timed) => {
  it.each([0, 1, FIRST_PIECE, 65_537, LENGTH])(
    'of %i bytes is complete when all of it was sent',
    async (length) => {
      const sent = await start(timed(readBlocks), length)
      const { head, body } = await readAll(sent.socket)
      expect(head).toContain(`Content-Length: ${length}`)
      expect(body.byteLength).toBe(length)
      expect(body.findIndex((byte, position) => byte !== blockOf(position))).toBe(-1)
      await expectEnd(sent, { kind: 'complete' })
      expect(sent.seen.onError).not.toHaveBeenCalled()
    },
  )

  it('is aborted without a fault when its client leaves in the middle', async () => {
    const sent = await start(timed(readBlocks))
    await once(sent.socket, 'data')
    sent.socket.destroy()
    await expectEnd(sent, { kind: 'aborted', reason: expect.any(Error) })
    expect(sent.seen.onError).not.toHaveBeenCalled()
  })

  it('fails with the cause and breaks the connection when the source throws in the middle', async () => {
    const cause = new Error('The disk is on fire')
    const sent = await start(
      timed((target, position) => {
        if (position >= LENGTH / 2) throw cause
        return readBlocks(target, position)
      }),
    )
    const { head, body } = await readAll(sent.socket)
    expect(head).toContain(`Content-Length: ${LENGTH}`)
    expect(body.byteLength).toBeLessThan(LENGTH)
    await expectEnd(sent, { kind: 'failed', cause })
    expect(sent.seen.onError.mock.calls.map(([error]) => error)).toEqual([cause])
  })

  it('fails when the source ends early', async () => {
    const sent = await start(
      timed((target, position) => (position >= LENGTH / 2 ? 0 : readBlocks(target, position))),
    )
    expect((await readAll(sent.socket)).body.byteLength).toBeLessThan(LENGTH)
    await expectEnd(sent, {
      kind: 'failed',
      cause: expect.objectContaining({ message: expect.stringMatching(/ended \d+ bytes/) }),
    })
  })

  it('fails with the cause, and a 500 is sent, when the first read throws', async () => {
    const cause = new Error('The disk is on fire')
    const sent = await start(
      timed(() => {
        throw cause
      }),
    )
    const { head, body } = await readAll(sent.socket)
    expect(head).toMatch(/^HTTP\/1\.1 500 /)
    expect(body.toString()).toBe('{"detail":"Internal error"}')
    await expectEnd(sent, { kind: 'failed', cause })
  })
})

it('is aborted when its client stops reading for longer than the write timeout', async () => {
  const sent = await start(readBlocks, LENGTH, { writeTimeout: 0.2 })
  await once(sent.socket, 'readable')
  await expectEnd(sent, { kind: 'aborted', reason: expect.any(Error) })
  sent.socket.destroy()
})

it('is complete if the source fails to close, which is reported', async () => {
  const fault = new Error('It does not close')
  const sent = await start(readBlocks, 10, {}, () => {
    throw fault
  })
  expect((await readAll(sent.socket)).body.byteLength).toBe(10)
  await expectEnd(sent, { kind: 'complete' })
  await expect.poll(() => sent.seen.onError.mock.calls.map(([error]) => error)).toEqual([fault])
})

it('is closed only after a read that was under way when its client left', async () => {
  let finish = () => {}
  const sent = await start((target, position) => {
    if (position === 0) return readBlocks(target, position)
    return new Promise((resolve) => {
      finish = () => resolve(target.byteLength)
    })
  })
  await once(sent.socket, 'data')
  await expect.poll(() => sent.seen.reading).toBe(1)
  sent.socket.resetAndDestroy()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([sent.seen.closed, sent.outcome()]).toEqual([0, undefined])
  finish()
  await expectEnd(sent, { kind: 'aborted', reason: expect.any(Error) })
})

describe('a body whose source has bytes in memory', () => {
  const BLOCK = 100_000
  const block = new Map<number, Uint8Array<ArrayBuffer>>()
  /** Every second block is in memory; of one of those, only some at a time. */
  const peek: Representation['peek'] = (position, limit) => {
    const index = Math.floor(position / BLOCK)
    if (index % 2 === 1) return undefined
    let bytes = block.get(index)
    if (bytes === undefined) {
      bytes = new Uint8Array(BLOCK)
      readBlocks(bytes, index * BLOCK)
      block.set(index, bytes)
    }
    const offset = position - index * BLOCK
    return bytes.subarray(offset, Math.min(offset + (index === 2 ? 1000 : limit), BLOCK))
  }
  /** Reads no further than its block, and later: as a cache does that waits for its origin. */
  const readRest: ReadInto = async (target, position) => {
    await new Promise((resolve) => setImmediate(resolve))
    return readBlocks(target.subarray(0, BLOCK - (position % BLOCK)), position)
  }

  it.each([1, FIRST_PIECE, 65_537, 12 * BLOCK + 5])('of %i bytes is sent whole', async (length) => {
    const sent = await start(readRest, length, {}, () => {}, peek)
    const { body } = await readAll(sent.socket)
    expect(body.byteLength).toBe(length)
    expect(body.findIndex((byte, position) => byte !== blockOf(position))).toBe(-1)
    await expectEnd(sent, { kind: 'complete' })
  })

  it('is aborted when its client stops reading for longer than the write timeout', async () => {
    const all = new Uint8Array(LENGTH)
    const sent = await start(
      readBlocks,
      LENGTH,
      { writeTimeout: 0.2 },
      () => {},
      (position, limit) => all.subarray(position, position + limit),
    )
    await once(sent.socket, 'readable')
    await expectEnd(sent, { kind: 'aborted', reason: expect.any(Error) })
    sent.socket.destroy()
  })

  it('fails with the cause when the source throws while it is asked', async () => {
    const cause = new Error('The memory is on fire')
    const sent = await start(
      readBlocks,
      LENGTH,
      {},
      () => {},
      (position) => {
        if (position > LENGTH / 2) throw cause
        return undefined
      },
    )
    expect((await readAll(sent.socket)).body.byteLength).toBeLessThan(LENGTH)
    await expectEnd(sent, { kind: 'failed', cause })
  })
})

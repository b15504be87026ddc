import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { faultResponse, type PlannedBody } from '@rangekit/range-core'
import { BufferPool } from './buffer-pool.ts'
import { type Chunk, giveBack, readChunk } from './chunk.ts'
import type { Planned } from './planned-response.ts'
import { SegmentReader } from './segment-reader.ts'
import { onSocketClose } from './socket-close.ts'
import { endOfTurn } from './turn.ts'

/** For bodies that need no more than one of these. */
const single = new BufferPool(64 * 1024, 256)
/** What a connection gets at a time of others until it has shown that it reads: all that a sleeping reader can hold. */
const small = new BufferPool(32 * 1024, 512)
const large = new BufferPool(512 * 1024, 32)
/** More than kernels keep for a reader that sleeps: a connection that took this much has read some of it. */
const PROVEN = 8 * 1024 * 1024
/** What one client gets, in bytes, before the others are seen to. */
const TURN = 2 * 1024 * 1024
/** A write that takes longer, in milliseconds, has met a client slower than we are. */
const STALL = 100

/** Bun keeps a copy of what the kernel does not take of a response's end, so that the buffer is free at once. */
const COPIES_THE_END = 'Bun' in globalThis

/** The client left; nobody needs to be told. */
class ClientGone extends Error {}

/**
 * Sends a planned body straight from pooled buffers. The kernel takes the bytes from the buffer that they were read
 * into, and the buffer is used again when it has them. Closes the body when it is sent, has failed or has lost its
 * reader.
 */
export async function sendPlanned(planned: Planned, outgoing: ServerResponse): Promise<void> {
  const { body } = planned
  try {
    await send(planned, outgoing)
  } catch (error) {
    await fail(outgoing, body, error)
  } finally {
    await body.close()
  }
}

async function send({ status, headers, body }: Planned, outgoing: ServerResponse): Promise<void> {
  await endOfTurn()
  const reader = new SegmentReader(body.segments, body.representation)
  const sendHead = () =>
    outgoing.writeHead(status, headers instanceof Headers ? headerRecord(headers) : headers)
  if (reader.done) {
    sendHead().end()
    return
  }
  let quick = true
  // Read before the head is sent, so that a fault can still be told.
  const first = readChunk(reader, reader.length <= single.size ? single : poolFor(outgoing, quick))
  let chunk = first instanceof Promise ? await first : first
  outgoing.strictContentLength = true
  sendHead()
  if (reader.done && COPIES_THE_END) {
    outgoing.end(chunk.buffer.subarray(0, chunk.length))
    giveBack(chunk)
    return
  }
  let inTurn = 0
  while (!reader.done) {
    const started = performance.now()
    const written = write(outgoing, chunk)
    const pool = poolFor(outgoing, quick)
    inTurn += chunk.length
    // Whoever took it all at once gets more, out of a buffer that is still warm, until others have waited long enough.
    if (written === undefined && inTurn < TURN) {
      const more = readChunk(reader, pool)
      chunk = more instanceof Promise ? await more : more
      continue
    }
    inTurn = 0
    const read = async () => readChunk(reader, pool)
    // For a client that reads, but not as fast, the next chunk is read while this one drains.
    const next = written !== undefined && pool === large ? read() : (written ?? endOfTurn()).then(read)
    try {
      ;[chunk] = await Promise.all([next, written])
    } catch (error) {
      next.then(giveBack, () => {})
      throw error
    }
    quick = performance.now() - started < STALL
  }
  const written = write(outgoing, chunk)
  if (written !== undefined) await written
  // Not earlier: Node takes a connection for idle from here on, and may close it with bytes still to be written.
  outgoing.end()
}

/** Bytes that connections took, up to what proves that they read. Bun's own count begins anew with each response. */
const taken = new WeakMap<Socket, number>()

function poolFor({ socket }: ServerResponse, quick: boolean): BufferPool {
  return quick && socket !== null && (taken.get(socket) ?? 0) >= PROVEN ? large : small
}

function countTaken({ req: { socket } }: ServerResponse, { length }: Chunk): void {
  const before = taken.get(socket) ?? 0
  if (before < PROVEN) taken.set(socket, before + length)
}

/** Gives the buffer back when the kernel has the bytes: before it returns, or else before its promise resolves. */
function write(outgoing: ServerResponse, chunk: Chunk): Promise<void> | undefined {
  const { socket } = outgoing
  const bytes = chunk.buffer.subarray(0, chunk.length)
  countTaken(outgoing, chunk)
  let onWritten = (_error?: Error | null) => {}
  // Corked, the head goes with the bytes, and both go now.
  socket?.cork()
  outgoing.write(bytes, (error) => onWritten(error))
  socket?.uncork()
  if (outgoing.writableLength === 0 && socket?.destroyed === false) {
    giveBack(chunk)
    return undefined
  }
  return new Promise((resolve, reject) => {
    // A response that waits behind others on its connection never hears of the connection's end by itself.
    const forget = onSocketClose(outgoing.req.socket, () => onWritten(new ClientGone()))
    onWritten = (error) => {
      onWritten = () => {}
      forget()
      giveBack(chunk)
      if (error) reject(new ClientGone())
      else resolve()
    }
  })
}

async function fail(outgoing: ServerResponse, body: PlannedBody, error: unknown): Promise<void> {
  if (error instanceof ClientGone) return
  body.onError(error)
  if (outgoing.headersSent) {
    // A body that stays short must not look complete, nor may anything come after it.
    outgoing.destroy()
    return
  }
  const fault = faultResponse('GET', error)
  outgoing.writeHead(fault.status, headerRecord(fault.headers)).end(await fault.text())
}

function headerRecord(headers: Headers): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = Object.fromEntries(headers)
  const cookies = headers.getSetCookie()
  return cookies.length > 0 ? { ...record, 'set-cookie': cookies } : record
}

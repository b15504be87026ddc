import type { ServerResponse } from 'node:http'
import { faultResponse, type MaybePromise, type PlannedBody } from '@rangekit/range-core'
import { BufferPool } from './buffer-pool.ts'
import type { Planned } from './planned-response.ts'
import { SegmentReader } from './segment-reader.ts'
import { onSocketClose } from './socket-close.ts'

/** What a connection gets at a time until it has shown that it reads: all that a sleeping reader can hold. */
const small = new BufferPool(64 * 1024, 256)
const large = new BufferPool(512 * 1024, 32)
/** More than kernels keep for a reader that sleeps: a connection that took this much has read some of it. */
const PROVEN = 8 * 1024 * 1024
/** What one client gets, in bytes, before the others are seen to. */
const TURN = 2 * 1024 * 1024
/** A write that takes longer, in milliseconds, has met a client slower than we are. */
const STALL = 100

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
  const first = readChunk(reader, poolFor(outgoing, quick))
  let chunk = first instanceof Promise ? await first : first
  outgoing.strictContentLength = true
  sendHead()
  let inTurn = 0
  while (!reader.done) {
    const started = performance.now()
    const written = write(outgoing, chunk)
    const pool = poolFor(outgoing, quick)
    const read = async () => readChunk(reader, pool)
    inTurn += chunk.length
    let next: Promise<Chunk>
    if (written !== undefined) {
      // For a client that reads, the next chunk is read while this one drains.
      next = pool === large ? read() : written.then(read)
      inTurn = 0
    } else if (inTurn < TURN) {
      // One that took it all at once gets more, out of a buffer that is still warm...
      next = read()
    } else {
      // ...until others have waited long enough.
      next = endOfTurn().then(read)
      inTurn = 0
    }
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

let turn: Promise<void> | undefined

/**
 * When the event loop has seen to all that is ready now. What answers there are is then written in one go: the
 * programs that wait for them are woken once rather than by each, which is a third of what a small answer takes.
 */
function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined
      resolve()
    })
  })
  return turn
}

function poolFor({ socket }: ServerResponse, quick: boolean): BufferPool {
  return quick && (socket?.bytesWritten ?? 0) >= PROVEN ? large : small
}

/** A pooled buffer and how much of it is filled. */
interface Chunk {
  readonly pool: BufferPool
  readonly buffer: Buffer<ArrayBuffer>
  readonly length: number
}

function readChunk(reader: SegmentReader, pool: BufferPool): MaybePromise<Chunk> {
  const buffer = pool.take()
  const fail = (error: unknown) => {
    pool.give(buffer)
    throw error
  }
  try {
    const length = reader.fill(buffer)
    return length instanceof Promise
      ? length.then((length) => ({ pool, buffer, length }), fail)
      : { pool, buffer, length }
  } catch (error) {
    return fail(error)
  }
}

function giveBack({ pool, buffer }: Chunk): void {
  pool.give(buffer)
}

/** Gives the buffer back when the kernel has the bytes: before it returns, or else before its promise resolves. */
function write(outgoing: ServerResponse, chunk: Chunk): Promise<void> | undefined {
  const { socket } = outgoing
  const bytes = chunk.buffer.subarray(0, chunk.length)
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

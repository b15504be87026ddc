import type { ServerResponse } from 'node:http'
import { faultResponse, type PlannedBody } from '@rangekit/range-core'
import { BufferPool } from './buffer-pool.ts'
import type { Planned } from './planned-response.ts'
import { SegmentReader } from './segment-reader.ts'
import { onSocketClose } from './socket-close.ts'

/** What a connection gets at a time until it has shown that it reads: all that a sleeping reader can hold. */
const small = new BufferPool(64 * 1024, 256)
const large = new BufferPool(512 * 1024, 32)
/** More than kernels keep for a reader that sleeps: a connection that took this much has read some of it. */
const PROVEN = 8 * 1024 * 1024
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
  const reader = new SegmentReader(body.segments, body.representation)
  // Read before the head is sent, so that a fault can still be told.
  let chunk = await readChunk(reader, small)
  outgoing.strictContentLength = true
  outgoing.writeHead(status, headers instanceof Headers ? headerRecord(headers) : headers)
  let quick = true
  while (!reader.done) {
    const started = performance.now()
    const written = write(outgoing, chunk)
    const reads = quick && (outgoing.socket?.bytesWritten ?? 0) >= PROVEN
    // For a client that reads, the next chunk is read while this one drains.
    const next = reads ? readChunk(reader, large) : written.then(() => readChunk(reader, small))
    try {
      ;[chunk] = await Promise.all([next, written])
    } catch (error) {
      next.then(giveBack, () => {})
      throw error
    }
    quick = performance.now() - started < STALL
  }
  await write(outgoing, chunk)
  // Not earlier: Node takes a connection for idle from here on, and may close it with bytes still to be written.
  outgoing.end()
}

/** A pooled buffer and how much of it is filled. */
interface Chunk {
  readonly pool: BufferPool
  readonly buffer: Buffer<ArrayBuffer>
  readonly length: number
}

async function readChunk(reader: SegmentReader, pool: BufferPool): Promise<Chunk> {
  const buffer = pool.take()
  try {
    return { pool, buffer, length: await reader.fill(buffer) }
  } catch (error) {
    pool.give(buffer)
    throw error
  }
}

function giveBack({ pool, buffer }: Chunk): void {
  pool.give(buffer)
}

/** Resolves when the kernel has the bytes, and gives the buffer back. */
function write(outgoing: ServerResponse, chunk: Chunk): Promise<void> {
  return new Promise((resolve, reject) => {
    // A response that waits behind others on its connection never hears of the connection's end by itself.
    const forget = onSocketClose(outgoing.req.socket, () => settle(new ClientGone()))
    let settled = false
    const settle = (error?: Error | null) => {
      if (settled) return
      settled = true
      forget()
      giveBack(chunk)
      if (error) reject(new ClientGone())
      else resolve()
    }
    outgoing.write(chunk.buffer.subarray(0, chunk.length), settle)
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

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'

/** What a {@link FileHost} has, and how it behaves. */
export interface Hosted {
  bytes: Uint8Array
  /** Fields of each answer. */
  fields: Readonly<Record<string, string>>
  /** Whether it answers ranges. */
  hasRanges: boolean
  /** Breaks an answer off after so many bytes. */
  breakAfter: number
  /** Sends so many bytes at a time, with a pause of 20 ms in between, and never the last quarter of an answer. */
  pace: number
  /** How much of each answer it sends, from 0 to 1. The rest follows when this grows. */
  share: number
  /** Called before each answer. */
  before: (request: IncomingMessage, response: ServerResponse) => unknown
}

/** A server of one file, at any path, that does as it is told. */
export interface FileHost extends Hosted {
  readonly origin: string
  /** The requests since the last `reset`. */
  readonly requests: IncomingMessage[]
  reset(hosted: Partial<Hosted>): void
  stop(): Promise<void>
}

const DEFAULTS: Hosted = {
  bytes: new Uint8Array(),
  fields: {},
  hasRanges: true,
  breakAfter: Number.POSITIVE_INFINITY,
  pace: Number.POSITIVE_INFINITY,
  share: 1,
  before() {},
}

export async function startFileHost(): Promise<FileHost> {
  const server = createServer(async (request, response) => {
    host.requests.push(request)
    await host.before(request, response)
    if (!response.writableEnded) answer(host, request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const host: FileHost = {
    ...DEFAULTS,
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    requests: [],
    reset(hosted) {
      host.requests.length = 0
      Object.assign(host, DEFAULTS, hosted)
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return host
}

function answer(host: Hosted, { headers, method }: IncomingMessage, response: ServerResponse): void {
  const { bytes, fields, hasRanges, breakAfter, pace, share } = host
  const tag = headers['if-match']
  const date = headers['if-unmodified-since']
  if (
    (tag !== undefined && tag !== fields['etag']) ||
    (date !== undefined && date !== fields['last-modified'])
  ) {
    return void response.writeHead(412).end()
  }
  const [, first, last] = (hasRanges && /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')) || []
  const [start, end] = first === undefined ? [0, bytes.length] : [Number(first), Number(last) + 1]
  const contentRange = { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }
  response.writeHead(first === undefined ? 200 : 206, {
    'content-length': end - start,
    'accept-ranges': hasRanges ? 'bytes' : 'none',
    ...(first !== undefined && contentRange),
    ...fields,
  })
  if (method === 'HEAD') return void response.end()
  if (share < 1) return void sendShare(host, response, bytes.subarray(start, end))
  if (pace < end - start) return void sendSlowly(response, bytes.subarray(start, end), pace)
  if (end - start <= breakAfter) return void response.end(bytes.subarray(start, end))
  response.write(bytes.subarray(start, start + breakAfter), () => response.destroy())
}

async function sendSlowly(response: ServerResponse, bytes: Uint8Array, pace: number): Promise<void> {
  const end = Math.ceil(bytes.length * 0.75)
  for (let at = 0; at < end && !response.destroyed; at += pace) {
    response.write(bytes.subarray(at, Math.min(at + pace, end)))
    await setTimeout(20)
  }
}

async function sendShare(host: Hosted, response: ServerResponse, bytes: Uint8Array): Promise<void> {
  response.flushHeaders()
  for (let at = 0; at < bytes.length && !response.destroyed; ) {
    const end = Math.floor(bytes.length * host.share)
    if (end > at) response.write(bytes.subarray(at, end))
    else await setTimeout(5)
    at = end
  }
  response.end()
}

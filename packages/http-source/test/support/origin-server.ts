import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createRawServer, type Server, type Socket } from 'node:net'

/** A request as an origin saw it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly fields: Readonly<Record<string, string | string[] | undefined>>
}

/** Answers one request. `count` is how many there were before it since `seen` was emptied. */
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

interface Listening extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Connections so far. */
  readonly connections: number
  /** Those that are open now. */
  readonly sockets: ReadonlySet<Socket>
}

/** An origin in this process. */
export interface OriginServer extends Listening {
  /** Requests so far; tests empty it. */
  readonly seen: Seen[]
  /** How the next requests are answered. */
  answer: Answer
}

/** What an origin has. */
export interface Stored {
  readonly bytes: Uint8Array
  /** By names in lower case. */
  readonly fields?: Readonly<Record<string, string>>
}

const EMPTY: Answer = (_, response) => serve(undefined, response.req, response)

/** Starts an origin on a free port. Default: it has nothing. */
export async function startOrigin(answer: Answer = EMPTY): Promise<OriginServer> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers: fields } = request
    seen.push({ method, path, fields })
    origin.answer(request, response, seen.length - 1)
  })
  const origin: OriginServer = Object.assign(await listen(server), { seen, answer })
  return origin
}

/** Starts an origin that gives a script the sockets on which a request head has arrived. */
export function startRawOrigin(
  script: (socket: Socket, head: string, count: number) => void,
): Promise<Listening> {
  let count = 0
  const server = createRawServer((socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
      if (!text.endsWith('\r\n\r\n')) return
      const head = text
      text = ''
      script(socket, head, count++)
    })
  })
  return listen(server)
}

async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    sockets,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

/** Answers as a right origin does that has this, or nothing. */
export function serve(
  stored: Stored | undefined,
  request: Pick<IncomingMessage, 'method' | 'headers'>,
  response: ServerResponse,
): void {
  if (stored === undefined) return void response.writeHead(404).end()
  const { bytes, fields = {} } = stored
  const { range, 'if-match': tag, 'if-unmodified-since': date } = request.headers
  const isOther =
    tag === undefined ? date !== undefined && date !== fields['last-modified'] : tag !== fields['etag']
  if (isOther) return void response.writeHead(412).end()
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  if (request.method === 'HEAD' || first === undefined) {
    response.writeHead(200, { ...fields, 'content-length': bytes.byteLength })
    return void response.end(request.method === 'HEAD' ? undefined : bytes)
  }
  if (Number(first) >= bytes.byteLength) {
    return void response.writeHead(416, { 'content-range': `bytes */${bytes.byteLength}` }).end()
  }
  const part = bytes.subarray(Number(first), last ? Number(last) + 1 : undefined)
  response.writeHead(206, {
    ...fields,
    'content-length': part.byteLength,
    'content-range': `bytes ${first}-${Number(first) + part.byteLength - 1}/${bytes.byteLength}`,
  })
  response.end(part)
}

// Serves over TLS, HTTP/1.1 and HTTP/2 on one port: node secure-server.ts NAME ROOT PORT CERT KEY
import { fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { FILE_NAME } from '../measure/measure.ts'

const [name = '', root = '', port = '', certFile = '', keyFile = ''] = process.argv.slice(2)
const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) }

/** The fields of a range, and which bytes it has. */
function begin(request: IncomingMessage, response: ServerResponse): { first: number; length: number } {
  const [, first = '0', last = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const length = Number(last) - Number(first) + 1
  response.writeHead(206, {
    'content-type': 'application/octet-stream',
    'content-length': String(length),
    'content-range': `bytes ${first}-${last}/268435456`,
    etag: '"0123456789abcdef"',
  })
  return { first: Number(first), length }
}

/** The ceiling: as many bytes as are requested, always the same. */
function constant(): RequestListener {
  const whole = Buffer.alloc(1024 * 1024, 'a')
  return (request, response) => {
    const { length } = begin(request, response)
    response.end(whole.subarray(0, length))
  }
}

/** Bytes in a piece, as Rangekit takes them. */
const PIECE = 64 * 1024

/** The same with the bytes of the file, which is looked at for each request, through buffers that are used again. */
function reading(): RequestListener {
  const fd = openSync(join(root, FILE_NAME), 'r')
  const free: Buffer[] = []
  return (request, response) => {
    fstatSync(fd, { bigint: true })
    const { first, length } = begin(request, response)
    let sent = 0
    const next = () => {
      const buffer = free.pop() ?? Buffer.allocUnsafeSlow(PIECE)
      const count = readSync(fd, buffer, 0, Math.min(PIECE, length - sent), first + sent)
      sent += count
      const taken = () => {
        free.push(buffer)
        if (sent < length) next()
      }
      if (sent < length) response.write(buffer.subarray(0, count), taken)
      else response.end(buffer.subarray(0, count), taken)
    }
    next()
  }
}

const LISTENERS: Readonly<Record<string, () => RequestListener | Promise<RequestListener>>> = {
  constant,
  reading,
  sirv: async () => {
    const { default: sirv } = await import('sirv')
    return sirv(root, { etag: true })
  },
}

const listener = await LISTENERS[name]?.()
if (listener === undefined) throw new Error(`There is no server ${name}`)
// HTTP/1.1 through node:https: the server for both is slower.
const server =
  process.env['PROTOCOL'] === 'h2'
    ? // Its responses have the methods of those of node:http, but not their type.
      createSecureServer(pair, (...pairOf) => void Reflect.apply(listener, undefined, pairOf))
    : createServer(pair, listener)
server.listen(Number(port), '127.0.0.1')

// Serves over TLS, HTTP/1.1 and HTTP/2 on one port: node secure-server.ts NAME ROOT PORT CERT KEY
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:https'

const [name = '', root = '', port = '', certFile = '', keyFile = ''] = process.argv.slice(2)
const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) }

/** The ceiling: as many bytes as are requested, always the same, with the fields of a range. */
function constant(): RequestListener {
  const whole = Buffer.alloc(1024 * 1024, 'a')
  return (request, response) => {
    const [, first = '0', last = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const body = whole.subarray(0, Number(last) - Number(first) + 1)
    response.writeHead(206, {
      'content-type': 'application/octet-stream',
      'content-length': String(body.byteLength),
      'content-range': `bytes ${first}-${last}/268435456`,
      etag: '"0123456789abcdef"',
    })
    response.end(body)
  }
}

const LISTENERS: Readonly<Record<string, () => RequestListener | Promise<RequestListener>>> = {
  constant,
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

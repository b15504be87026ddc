// The least that node:http can do: a file in one buffer, and no framework: node buffer.ts FILE PORT
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [path = '', port = ''] = process.argv.slice(2)
const file = readFileSync(path)
const FIXED = { 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream', etag: '"1"' }

createServer((request, response) => {
  const [range, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const body = range === undefined ? file : file.subarray(Number(first), Number(last) + 1)
  response.writeHead(range === undefined ? 200 : 206, {
    ...FIXED,
    'content-length': body.byteLength,
    ...(range !== undefined && { 'content-range': `bytes ${first}-${last}/${file.byteLength}` }),
  })
  response.end(body)
}).listen(Number(port), '127.0.0.1')

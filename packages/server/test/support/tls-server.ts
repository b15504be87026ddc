// Serves over TLS on the runtime that runs this, and replaces its certificate when it is asked to. Another server has a rate.
import { readFileSync } from 'node:fs'
import { createHandler } from '@rangekit/range-handler'
import { serve } from '../../src/index.ts'
import { countingSource } from './counting-source.ts'

const [, , certFile = '', keyFile = ''] = process.argv
const { source } = countingSource()
const handler = createHandler(source, { onError() {} })
const read = (cert: string, key: string) => ({ cert: readFileSync(cert), key: readFileSync(key) })

const limited = await serve({
  port: 0,
  writeTimeout: 5,
  rate: 16_000_000,
  tls: read(certFile, keyFile),
  fetch: (request) => handler(request),
})
const server = await serve({
  port: 0,
  headTimeout: 1,
  writeTimeout: 1,
  tls: read(certFile, keyFile),
  fetch(request, client) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/client') return Response.json(client)
    if (pathname === '/limited') return Response.json(limited.port)
    if (pathname === '/connections') return Response.json(server.connections)
    if (pathname !== '/replace') return handler(request)
    try {
      server.setTls(read(searchParams.get('cert') ?? '', searchParams.get('key') ?? ''))
      return new Response('replaced')
    } catch (error) {
      return new Response(error instanceof TypeError ? 'not here' : 'no pair')
    }
  },
})
process.once('SIGTERM', async () => {
  await Promise.all([server.stop(5), limited.stop(0)])
  process.exit()
})
console.log(`Rangekit is serving what is secret at https://localhost:${server.port}/`)

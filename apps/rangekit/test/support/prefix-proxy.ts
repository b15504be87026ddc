import { once } from 'node:events'
import { createServer, request } from 'node:http'

/** A reverse proxy that serves a server under a path. */
export interface PrefixProxy {
  readonly port: number
  /** Targets of requests that were not below the path. */
  readonly astray: readonly string[]
  stop(): Promise<unknown>
}

/** Starts a proxy that removes `prefix`, such as `/some/prefix`, from each target. */
export async function startPrefixProxy(prefix: string, port: number): Promise<PrefixProxy> {
  const astray: string[] = []
  const server = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming
    if (!url.startsWith(`${prefix}/`)) {
      astray.push(url)
      outgoing.writeHead(500).end()
      return
    }
    const forwarded = request({ port, host: '127.0.0.1', method, headers, path: url.slice(prefix.length) })
    forwarded.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 500, response.headers)
      response.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    astray,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

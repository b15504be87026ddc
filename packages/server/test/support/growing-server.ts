// Serves what is written when a test says so: from pooled buffers, as streams, or with a server other than ours. Takes orders
// at `/~/KEY?ORDER`.
import { serve as foreignServe } from '@hono/node-server'
import { createHandler } from '@rangekit/range-handler'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { serve } from '../../src/index.ts'

type Fetch = (request: Request, info?: unknown) => Response | Promise<Response>

/** The servers that the runtimes have themselves. */
interface Native {
  readonly Bun?: { serve(options: object): { readonly port: number } }
  readonly Deno?: { serve(options: object, fetch: Fetch): { readonly addr: { readonly port: number } } }
}

const [, , way, writeTimeout = '300'] = process.argv
const hostname = '127.0.0.1'
const growing = new Map<string, GrowingBytes>()
/** How the transfers of a key ended. */
const ends = new Map<string, string[]>()

const handler = createHandler(
  { open: (key) => growing.get(key)?.open() },
  {
    onError() {},
    onTransfer({ key = '' }) {
      return ({ outcome, bytesSent, length, isComplete, frontier }) => {
        const end = `${outcome?.kind}: ${bytesSent} of ${length} bytes, ${isComplete ? 'all' : frontier} written`
        ends.set(key, [...(ends.get(key) ?? []), end])
      }
    },
  },
)

/** Obeys an order, and tells what became of those before. */
function obey({ pathname, searchParams }: URL): Response {
  const key = pathname.slice('/~/'.length)
  const length = searchParams.get('length')
  if (length !== null) {
    growing.set(key, new GrowingBytes(positionBytes(Number(length)), searchParams.get('known') === 'true'))
  }
  const bytes = growing.get(key)
  const frontier = searchParams.get('reach')
  if (frontier !== null) bytes?.reach(Number(frontier))
  if (searchParams.has('finish')) bytes?.finish()
  if (searchParams.has('fail')) bytes?.fail(new Error('The writer failed'))
  const { opens = 0, closes = 0, waiting = 0 } = bytes ?? {}
  return Response.json({
    open: opens - closes,
    waiting,
    ends: ends.get(key) ?? [],
    rss: process.memoryUsage.rss(),
  })
}

const fetch: Fetch = (request, info) => {
  const url = new URL(request.url)
  return url.pathname.startsWith('/~/') ? obey(url) : handler(request, info)
}

async function listen(): Promise<number> {
  if (way !== 'foreign') {
    const options = { fetch, port: 0, writeTimeout: Number(writeTimeout), fastPath: way === 'pooled' }
    const server = await serve(options)
    process.once('SIGTERM', async () => {
      await server.stop(1)
      process.exit()
    })
    return server.port
  }
  const { Bun, Deno } = globalThis as Native
  // Bun ends a response on which nothing is sent for ten seconds by default.
  if (Bun !== undefined) return Bun.serve({ port: 0, hostname, idleTimeout: 0, fetch }).port
  if (Deno !== undefined) return Deno.serve({ port: 0, hostname, onListen() {} }, fetch).addr.port
  return new Promise((resolve) => {
    foreignServe({ fetch, port: 0, hostname }, ({ port }) => resolve(port))
  })
}

console.log(`Rangekit is serving what grows at http://${hostname}:${await listen()}/`)

// `npm start -- --runtime workerd`: the Worker over a folder's files in a local bucket.
import { readFileSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { serveLocally } from './local.ts'

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', short: 'p', default: process.env['PORT'] ?? '8001' },
      host: { type: 'string', default: process.env['HOST'] ?? '127.0.0.1' },
      cors: { type: 'string', multiple: true },
      'cache-control': { type: 'string' },
      'secret-file': { type: 'string' },
      // Here for the other runtimes' sake: R2 always tells the digests that it has.
      digests: { type: 'boolean' },
    },
  })
  const { port, host, cors, 'cache-control': cacheControl, 'secret-file': secretFile } = values
  const [dir = process.env['MEDIA_DIR'] ?? '.'] = positionals
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) throw new RangeError(`${port} is no port`)
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw new TypeError(`${dir} is no folder`)
  return {
    dir,
    port: Number(port),
    hostname: host,
    variables: {
      CACHE_CONTROL: cacheControl,
      CORS_ORIGIN: cors?.join(' '),
      SIGNING_SECRETS: secretFile === undefined ? undefined : readFileSync(secretFile, 'utf8'),
    },
  }
}

const stopping = new AbortController()
const stopped = new Promise<void>((resolve) => {
  stopping.signal.addEventListener('abort', () => resolve())
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())

try {
  const options = readOptions()
  const { dir, hostname } = options
  const server = await serveLocally({ ...options, signal: stopping.signal })
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  console.log(`Rangekit is serving ${dir} at http://${host}:${server.port}/`)
  await stopped
  await server.stop()
} catch (error) {
  if (!stopping.signal.aborted) {
    console.error(`rangekit: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
// Whatever wrangler has left open.
process.exit()

// `npm start -- --runtime workerd`: runs the Worker over the files of a folder, in a local bucket.
import { readFileSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', short: 'p', default: process.env['PORT'] ?? '8001' },
      host: { type: 'string', default: process.env['HOST'] ?? '127.0.0.1' },
      cors: { type: 'string', multiple: true },
      'cache-control': { type: 'string' },
      'secret-file': { type: 'string' },
      // Accepted as on the other runtimes, without effect: R2's digests are always sent.
      digests: { type: 'boolean' },
    },
  })
  const { port, host, cors, 'cache-control': cacheControl, 'secret-file': secretFile } = values
  const [dir = process.env['MEDIA_DIR'] || '.', ...others] = positionals
  if (others.length > 0) throw new TypeError(`expected one folder, got ${positionals.length}`)
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw new RangeError(`expected a port from 0 to 65535, got ${port}`)
  if (host === '') throw new TypeError('expected an address to listen on, got an empty one')
  if (!isFieldValue(cacheControl)) throw new TypeError('--cache-control cannot be sent as a field value')
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory())
    throw new TypeError(`there is no folder ${dir}`)
  return {
    dir,
    port: Number(port),
    hostname: host,
    variables: {
      CACHE_CONTROL: cacheControl,
      CORS_ORIGIN: cors?.join(' '),
      SIGNING_SECRETS: secretFile === undefined ? undefined : readSecrets(secretFile),
    },
  }
}

/** Reads a file of secrets, one per line, into the format of the Worker's variable. */
function readSecrets(file: string): string {
  const secrets = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
  if (secrets.length === 0) throw new TypeError(`the secret file ${file} is empty`)
  // The Worker would treat each word as a secret.
  if (secrets.some((secret) => /\s/.test(secret))) throw new TypeError(`a secret in ${file} contains a space`)
  return secrets.join(' ')
}

function isFieldValue(value = ''): boolean {
  try {
    return new Headers({ 'Cache-Control': value }).has('Cache-Control')
  } catch {
    return false
  }
}

// A closed stdout or stderr must not stop the server: without a listener, EPIPE ends the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const stopping = new AbortController()
const stopped = new Promise<void>((resolve) => {
  stopping.signal.addEventListener('abort', () => resolve())
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())

const report = (line: string) => console.error(`rangekit: ${line}`)
try {
  const options = readOptions()
  const { dir, hostname } = options
  // Loads wrangler, which takes a second or more.
  const { serveLocally } = await import('./local.ts')
  const server = await serveLocally({ ...options, signal: stopping.signal, warn: report })
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  console.log(`Rangekit is serving ${dir} at http://${host}:${server.port}/`)
  await stopped
  await server.stop()
} catch (error) {
  if (!stopping.signal.aborted) {
    report(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
// wrangler leaves open handles that would keep the process alive.
process.exit()

// Serves a folder on the runtime that runs this, with the options in argv. Prints each transfer, when it has ended, as
// a line of JSON.
import { createApp } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import { DEFAULTS, serve } from '@rangekit/server'

/** The servers that the runtimes have themselves. */
interface Native {
  readonly Bun?: { serve(options: object): { readonly port: number } }
  readonly Deno?: { serve(options: object, handler: unknown): { readonly addr: { readonly port: number } } }
}

const [, , dir = '', ...args] = process.argv
let begun = 0
const app = createApp({
  source: fileSource(dir),
  onError() {},
  onTransfer() {
    begun++
    return ({ request, key, status, length, bytesSent, outcome, duration }) => {
      const { method } = request
      console.log(
        JSON.stringify({ begun, method, key, status, length, bytesSent, outcome: outcome?.kind, duration }),
      )
    }
  },
})

async function start(): Promise<number> {
  const { Bun, Deno } = globalThis as Native
  const hostname = '127.0.0.1'
  if (args.includes('--native') && Bun !== undefined) {
    return Bun.serve({ port: 0, hostname, fetch: app.fetch }).port
  }
  if (args.includes('--native') && Deno !== undefined) {
    return Deno.serve({ port: 0, hostname, onListen() {} }, app.fetch).addr.port
  }
  const writeTimeout = args.includes('--impatient') ? 1 : DEFAULTS.writeTimeout
  const fastPath = !args.includes('--no-fast-path')
  return (await serve({ fetch: app.fetch, port: 0, writeTimeout, fastPath })).port
}

console.log(`Rangekit is serving ${dir} at http://127.0.0.1:${await start()}/`)

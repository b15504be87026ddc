import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { bytesAt } from '@rangekit/conformance/origin'

/** What an origin sends of a file. Its content tells its version and position, see `checkBytes`. */
export interface Script {
  /** Default: 1. */
  readonly version?: number
  /** Default: 200,000. */
  readonly size?: number
  /** Up to where bytes are sent; the rest waits. Default: all are. */
  readonly until?: number
  /** Where the connection is reset, and what is sent after that. */
  readonly cut?: { readonly at: number; readonly next: Script }
  /** What Content-Length says of a 200; `undefined` for none. Default: the truth. */
  readonly promises?: number | undefined
  /** Whether a Range field is heeded if If-Range names another version. Default: false. */
  readonly isCareless?: boolean
  /** Whether bodies are compressed, whatever the request accepts. Default: false. */
  readonly isEncoded?: boolean
  /** A status that is answered in place of the file, and what is sent after that. Default: the same. */
  readonly status?: number
  readonly next?: Script
}

/** A server of files that tests change while they are sent. */
export interface ScriptedOrigin extends AsyncDisposable {
  /** Puts a file there, or changes how it goes on. Returns its URL. */
  put(name: string, script: Script): string
  /** The fields of all requests for a file, in order. */
  requests(name: string): readonly IncomingHttpHeaders[]
}

const SIZE = 200_000
const PIECE = 8000

/** Starts an origin on a free port. */
export async function startScriptedOrigin(): Promise<ScriptedOrigin> {
  const scripts = new Map<string, Script>()
  const requests = new Map<string, IncomingHttpHeaders[]>()
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined

  async function answer(
    { method, url = '', headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const name = url.slice(1)
    const script = () => scripts.get(name) ?? { status: 404 }
    requests.set(name, [...(requests.get(name) ?? []), headers])
    const { size = SIZE, version = 1, status, next, isEncoded } = script()
    if (next !== undefined) scripts.set(name, next)
    if (status !== undefined) return void response.writeHead(status).end()
    const first = firstPosOf(headers, script())
    response.writeHead(first === undefined ? 200 : 206, {
      ETag: tagOf(version),
      ...(first !== undefined && { 'Content-Range': `bytes ${first}-${size - 1}/${size}` }),
      ...lengthOf(script(), first),
      ...(isEncoded && { 'Content-Encoding': 'gzip' }),
    })
    if (method === 'HEAD') return void response.end()
    if (isEncoded) return void response.end(gzipSync(bytesAt(version, 0, size - 1)))
    for (let at = first ?? 0; at < size; ) {
      const { until = size, cut } = script()
      const end = Math.min(at + PIECE, until, cut?.at ?? size)
      if (end > at) response.write(bytesAt(version, at, end - 1))
      at = Math.max(at, end)
      if (cut !== undefined && at >= cut.at) {
        scripts.set(name, cut.next)
        return void setImmediate(() => response.destroy())
      }
      if (response.destroyed) return
      if (at === until) await sleep(5)
    }
    // A connection that stays open would only look slow.
    response.end(() => script().promises === undefined || response.socket?.destroy())
  }

  return {
    put(name, script) {
      scripts.set(name, script)
      return `http://127.0.0.1:${port}/${name}`
    },
    requests: (name) => requests.get(name) ?? [],
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

export function tagOf(version: number): string {
  return `"version-${version}"`
}

function firstPosOf(headers: IncomingHttpHeaders, { version = 1, isCareless }: Script): number | undefined {
  const [, first] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? []
  const isMeant = isCareless || headers['if-range'] === tagOf(version)
  return first !== undefined && isMeant ? Number(first) : undefined
}

function lengthOf(script: Script, first: number | undefined): Record<string, number> {
  const { size = SIZE, isEncoded } = script
  if (isEncoded) return {}
  if (first !== undefined) return { 'Content-Length': size - first }
  const promised = 'promises' in script ? script.promises : size
  return promised === undefined ? {} : { 'Content-Length': promised }
}

import { run } from '@rangekit/test-kit/processes'
import { runWrk } from '../measure/wrk.ts'
import type { Protocol } from './contenders.ts'

const CONNECTIONS = 16

/** What is requested again and again. */
export interface Asked {
  readonly url: URL
  /** Header lines, one for each request; HTTP/2 sends the first one only. */
  readonly lines: readonly [string, ...string[]]
  /** The same in a file. */
  readonly file: string
  readonly seconds: number
}

/**
 * Requests per second on 16 connections.
 *
 * @throws Error where a response is missing, or its status is not 2xx.
 */
export function measure(protocol: Protocol, asked: Asked): Promise<number> {
  return protocol === 'h2' ? withH2load(asked) : withWrk(asked)
}

async function withWrk({ url, file, seconds }: Asked): Promise<number> {
  const load = { url, connections: CONNECTIONS, lines: file, seconds }
  const { requests, errors, resting, took } = await runWrk(load)
  // At its end each connection sends nothing, which wrk counts as an error over TLS.
  if (errors > resting) throw new Error(`${errors} requests to ${url.href} ended in an error`)
  return requests / took
}

async function withH2load({ url, lines: [line], seconds }: Asked): Promise<number> {
  const args = ['-c', String(CONNECTIONS), '-m', '1', '-D', String(seconds), '-H', line, url.href]
  const { stdout, stderr } = await run('h2load', args)
  const [, perSecond] = /^finished in .+, ([\d.]+) req\/s/m.exec(stdout) ?? []
  const [, wrong] = /^status codes: \d+ 2xx, (.+)$/m.exec(stdout) ?? []
  if (perSecond === undefined || wrong !== '0 3xx, 0 4xx, 0 5xx')
    throw new Error(`h2load at ${url.href}: ${stdout}${stderr}`)
  return Number(perSecond)
}

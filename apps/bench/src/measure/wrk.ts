import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Outcome } from '../results.ts'

/** What wrk is to send. */
export interface Load {
  readonly url: URL
  readonly connections: number
  /** Path of a file with one header line for each request. */
  readonly lines: string
  /** For how long requests are sent; the last responses may take ten seconds more. */
  readonly seconds: number
}

/** What every response must be. */
export interface Expected {
  readonly status: number
  /** Fewest and most body bytes; in a multipart body they vary with the digits of positions. */
  readonly shortest: number
  readonly longest: number
}

/** What wrk counted. */
export interface Counts {
  /** Responses. */
  readonly requests: number
  /** Bytes of all responses, heads and bodies. */
  readonly bytes: number
  readonly errors: number
  /** Requests sent. */
  readonly asked: number
  /** Decimal digits in the header lines of all requests sent. */
  readonly askedDigits: number
  /** Connections that received their last response in time. */
  readonly resting: number
  /** Seconds from the first request to the last response. */
  readonly took: number
  /** Responses that were not as expected; 0 where they were not checked one by one. */
  readonly wrong: number
}

const SCRIPT = fileURLToPath(new URL('load.lua', import.meta.url))

/**
 * Runs wrk with load.lua on one thread.
 *
 * @param expected where present, status and length of every response are checked, which slows wrk down.
 * @throws Error when wrk fails.
 */
export async function runWrk(load: Load, expected?: Expected): Promise<Counts> {
  const { url, connections, lines, seconds } = load
  const check = expected === undefined ? [] : [expected.status, expected.shortest, expected.longest]
  const options = [
    '-t1',
    `-c${connections}`,
    `-d${Math.ceil(seconds) + 10}s`,
    '--timeout',
    '60s',
    '-s',
    SCRIPT,
  ]
  const scriptArgs = [lines, seconds, connections, ...check].map(String)
  const wrk = spawn('wrk', [...options, url.href, '--', ...scriptArgs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = await Promise.all([text(wrk.stdout), once(wrk, 'exit')])
  const [line] = /^\{.*\}$/m.exec(output) ?? []
  if (line === undefined) throw new Error(`wrk printed no counts: ${output}`)
  return JSON.parse(line)
}

/**
 * Requests per second, where every response was right.
 *
 * To check single responses would slow wrk down. Instead, the bytes of all responses are compared with those of as many
 * right ones: each has `answerBytes` and the digits of the positions requested. A wrong status line or length changes
 * the sum.
 *
 * @param answerBytes bytes of a right response, head and body, without the digits of positions in it.
 */
export function outcomeOf(counts: Counts, connections: number, answerBytes: number): Outcome {
  const { requests, bytes, errors, asked, askedDigits, resting, took } = counts
  const failed = (reason: string): Outcome => ({ kind: 'failed', reason })
  if (errors > 0) return failed(`${errors} of ${asked} requests ended in an error`)
  if (resting !== connections)
    return failed(`${connections - resting} of ${connections} connections still wait for a response`)
  if (requests !== asked) return failed(`${asked - requests} of ${asked} requests have no response`)
  const surplus = bytes - (requests * answerBytes + askedDigits)
  if (surplus !== 0) return failed(`${requests} responses are ${surplus} bytes off from right ones`)
  return { kind: 'figure', value: requests / took }
}

// Runs wrk with load.lua and judges what it counted.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Outcome } from './results.ts'

export interface Load {
  readonly url: URL
  readonly connections: number
  /** A file with one header line for each request. */
  readonly lines: string
  /** For how long requests are sent; the last answers may take ten more. */
  readonly seconds: number
}

/** What one answer must be. */
export interface Expected {
  readonly status: number
  /** Body bytes, where they vary with the digits of positions: at least and at most. */
  readonly shortest: number
  readonly longest: number
}

export interface Counts {
  readonly requests: number
  /** Bytes of all answers, heads and bodies. */
  readonly bytes: number
  readonly errors: number
  readonly asked: number
  /** Decimal digits in the header lines of all requests sent. */
  readonly askedDigits: number
  /** Connections that had their last answer in time. */
  readonly resting: number
  /** Seconds from the first request to the last answer. */
  readonly took: number
  /** Answers that were not as expected, when each was looked at. */
  readonly wrong: number
}

const script = fileURLToPath(new URL('load.lua', import.meta.url))

/** Sends requests for some seconds on one thread; with `expected`, looks at each answer's status and length. */
export async function runWrk(load: Load, expected?: Expected): Promise<Counts> {
  const { url, connections, lines, seconds } = load
  const check = expected === undefined ? [] : [expected.status, expected.shortest, expected.longest]
  const args = [
    ...[
      '-t1',
      `-c${connections}`,
      `-d${Math.ceil(seconds) + 10}s`,
      '--timeout',
      '60s',
      '-s',
      script,
      url.href,
    ],
    ...['--', lines, seconds, connections, ...check].map(String),
  ]
  const wrk = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = await Promise.all([text(wrk.stdout), once(wrk, 'exit')])
  const [line] = /^\{.*\}$/m.exec(output) ?? []
  if (line === undefined) throw new Error(`wrk gave no counts: ${output}`)
  return JSON.parse(line)
}

/**
 * Requests per second, if every answer was right. wrk can look at single answers only at the price of a slower client,
 * so the sum of all bytes is held against what that many right answers have: each has `answerBytes` and the digits of
 * the positions that were asked for. One wrong status line or length, and the sum is another.
 */
export function judge(counts: Counts, connections: number, answerBytes: number): Outcome {
  const { requests, bytes, errors, asked, askedDigits, resting, took } = counts
  const failed = (reason: string): Outcome => ({ kind: 'failed', reason })
  if (errors > 0) return failed(`${errors} of ${asked} requests ended in an error`)
  if (resting !== connections)
    return failed(`${connections - resting} of ${connections} connections wait for an answer`)
  if (requests !== asked) return failed(`${asked - requests} of ${asked} requests have no answer`)
  const surplus = bytes - (requests * answerBytes + askedDigits)
  if (surplus !== 0) return failed(`${requests} answers are ${surplus} bytes from what right ones add up to`)
  return { kind: 'figure', value: requests / took }
}

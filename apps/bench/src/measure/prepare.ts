import { readSync } from 'node:fs'
import { delivered, headerValue, type RawResponse, rawExchange } from '@rangekit/conformance'
import type { Outcome } from '../results.ts'
import { FILE_LENGTH, type Workload } from './workloads.ts'
import type { Expected } from './wrk.ts'

/** The file that is served. */
export interface TestFile {
  /** Open for reading. */
  readonly descriptor: number
  /** In bytes. */
  readonly length: number
}

/** A workload prepared for one server. */
export interface Ready {
  readonly kind: 'ready'
  /** Header lines, one for each request. */
  readonly lines: readonly string[]
  /** Bytes of a response, head and body, without the digits of the positions in it. */
  readonly answerBytes: number
  readonly expected: Expected
  readonly note?: string | undefined
}

type Problem = Exclude<Outcome, { kind: 'figure' }>

/** Sends the first two requests of a workload and compares the responses with the file. */
export async function prepare(workload: Workload, url: URL, file: TestFile): Promise<Ready | Problem> {
  const { lines, note } = workload.lines === undefined ? await validatorLine(url) : { lines: workload.lines }
  const [first] = lines
  const second = lines[1] ?? first
  if (first === undefined || second === undefined) return { kind: 'unable', reason: 'no validator' }
  const answer = await ask(url, 'GET', first)
  const other = await ask(url, 'GET', second)
  const problem = problemOf(workload, answer, first, file) ?? problemOf(workload, other, second, file)
  if (problem !== undefined) return problem
  const answerBytes = answer.head.length + 4 + answer.body.length - digitsIn(first)
  if (other.head.length + 4 + other.body.length - digitsIn(second) !== answerBytes) {
    return { kind: 'failed', reason: 'response heads differ in length' }
  }
  const shortest = answer.body.length - (workload.measure === 'multipart' ? digitsIn(first) : 0)
  const longest = workload.measure === 'multipart' ? answer.body.length + 200 : answer.body.length
  return { kind: 'ready', lines, note, answerBytes, expected: { status: workload.status, shortest, longest } }
}

async function validatorLine(url: URL): Promise<{ lines: readonly string[]; note?: string }> {
  const { headers } = await ask(url, 'HEAD', 'Accept: */*')
  const etag = headerValue(headers, 'etag')
  if (etag !== undefined) return { lines: [`If-None-Match: ${etag}`] }
  const modified = headerValue(headers, 'last-modified')
  return modified === undefined
    ? { lines: [] }
    : { lines: [`If-Modified-Since: ${modified}`], note: 'by date: no ETag' }
}

function ask(url: URL, method: string, line: string): Promise<RawResponse> {
  const text = `${method} ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n${line}\r\n\r\n`
  const options = { maxBytes: 2 * FILE_LENGTH, timeoutMs: 20_000, lingerMs: 1 }
  return rawExchange({ host: url.hostname, port: Number(url.port) }, text, options)
}

/** Why a response does not count; `undefined` when it is right. */
function problemOf(
  workload: Workload,
  answer: RawResponse,
  line: string,
  file: TestFile,
): Problem | undefined {
  const failed = (reason: string): Problem => ({ kind: 'failed', reason })
  if (answer.status !== workload.status) {
    // These features are optional: a server may send the whole file, or reject several ranges.
    const optional = workload.measure === 'multipart' || workload.measure === 'revalidation'
    const allowed = answer.status === 200 || answer.status === 416
    return { kind: optional && allowed ? 'unable' : 'failed', reason: `answers ${answer.status}` }
  }
  if (!answer.complete) return failed('incomplete body')
  if (answer.framing === 'chunked') return failed('no Content-Length')
  if (workload.status === 304) return undefined
  if (workload.status === 200) {
    const whole = answer.body.length === file.length && sameBytes(answer.body, 0, file)
    return whole ? undefined : failed('wrong bytes')
  }
  const content = delivered(answer)
  if (content.kind === 'broken') return failed(content.problem)
  if (!content.parts.every(({ range, bytes }) => sameBytes(bytes, range.firstPos, file))) {
    return failed('wrong bytes')
  }
  const ranges = content.parts.map(({ range }) => `${range.firstPos}-${range.lastPos}`)
  if (line === `Range: bytes=${ranges.join(',')}`) return undefined
  const one = ranges.length === 1 && workload.measure === 'multipart'
  return one ? { kind: 'unable', reason: 'one range only' } : failed(`other ranges: ${ranges.join(',')}`)
}

function sameBytes(bytes: Buffer, position: number, file: TestFile): boolean {
  const original = Buffer.alloc(bytes.length)
  return readSync(file.descriptor, original, 0, bytes.length, position) === bytes.length
    ? original.equals(bytes)
    : false
}

function digitsIn(text: string): number {
  return text.replace(/\D/g, '').length
}

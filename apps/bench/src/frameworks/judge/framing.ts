import { headerValue, type RawResponse, rawExchange } from '@rangekit/conformance'
import { requestText } from '@rangekit/test-kit/raw'
import { FILM, FILM_LENGTH } from '../../film.ts'
import { type Finding, type Ground, targetOf } from './ground.ts'

interface Case {
  readonly title: string
  readonly method: 'GET' | 'HEAD'
  readonly range?: string
  readonly status: number
  /** The Content-Length that is right; `undefined`: that of the body. */
  readonly contentLength?: number
}

const CASES: readonly Case[] = [
  { title: '200', method: 'GET', status: 200, contentLength: FILM_LENGTH },
  { title: '206', method: 'GET', range: 'bytes=100-1099', status: 206, contentLength: 1000 },
  { title: '206 with two ranges', method: 'GET', range: 'bytes=0-9,5000-5099', status: 206 },
  { title: 'HEAD', method: 'HEAD', status: 200, contentLength: FILM_LENGTH },
  { title: 'HEAD with Range', method: 'HEAD', range: 'bytes=0-99', status: 200, contentLength: FILM_LENGTH },
  { title: '416', method: 'GET', range: `bytes=${FILM_LENGTH}-`, status: 416 },
]

/** Whether responses are framed by Content-Length, and say the right one. */
export async function judgeFraming(ground: Ground): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const wanted of CASES) {
    const { method, range, title } = wanted
    const { path, ...target } = targetOf(ground, FILM)
    const fields = range === undefined ? [] : [`Range: ${range}`]
    const text = requestText(`${method} ${path}`, [...fields, 'Connection: close'])
    const response = await rawExchange(target, text)
    const problem = problemOf(wanted, response)
    if (problem !== undefined) findings.push({ what: title, detail: `${problem}\n${response.head}` })
  }
  return findings
}

function problemOf(wanted: Case, { status, headers, body, complete }: RawResponse): string | undefined {
  if (status !== wanted.status) return `answers ${status}`
  if (headerValue(headers, 'transfer-encoding') !== undefined) return 'Transfer-Encoding'
  const contentLength = headerValue(headers, 'content-length')
  const right = wanted.contentLength ?? body.byteLength
  if (contentLength !== String(right)) return `Content-Length ${contentLength}, expected ${right}`
  return complete ? undefined : 'incomplete'
}

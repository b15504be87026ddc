import type { ByteRange } from '../byte-range.ts'
import { headerValue, type ParsedResponse } from './parse-response.ts'

/** One part of a 206, with the range that its Content-Range gives. */
export interface DeliveredPart {
  /** What Content-Range says. */
  readonly range: ByteRange
  /** Bytes of the whole representation; `undefined` where the server wrote `*`. */
  readonly completeLength: number | undefined
  /** Content-Type of the part, or of the response if there is one part. */
  readonly contentType: string | undefined
  /** May be more or fewer than `range` says: compare. */
  readonly bytes: Buffer
}

/** The content of a 206: a single part (9110 §15.3.7.1) or several (9110 §15.3.7.2), or why it cannot be read. */
export type Delivered =
  | { readonly kind: 'single'; readonly parts: readonly DeliveredPart[] }
  | { readonly kind: 'multipart'; readonly parts: readonly DeliveredPart[] }
  | { readonly kind: 'broken'; readonly problem: string }

type ReadPart =
  | { readonly kind: 'part'; readonly part: DeliveredPart }
  | { readonly kind: 'broken'; readonly problem: string }

/** Whether Content-Type is multipart/byteranges (9110 §14.6). */
export function isMultipart(response: ParsedResponse): boolean {
  return /^multipart\/byteranges\b/i.test(headerValue(response.headers, 'content-type') ?? '')
}

/**
 * Reads the content of a 206. Never throws for what a server sent.
 *
 * @example
 * const response = await rawExchange(target, request)
 * const content = delivered(response)
 * if (content.kind === 'single') console.log(content.parts[0]?.range) // { firstPos: 0, lastPos: 499 }
 */
export function delivered(response: ParsedResponse): Delivered {
  if (isMultipart(response)) return readMultipart(response)
  const { headers, body } = response
  const read = readPart(headerValue(headers, 'content-range'), headerValue(headers, 'content-type'), body)
  return read.kind === 'broken' ? read : { kind: 'single', parts: [read.part] }
}

function broken(problem: string): { readonly kind: 'broken'; readonly problem: string } {
  return { kind: 'broken', problem }
}

function readPart(
  contentRange: string | undefined,
  contentType: string | undefined,
  bytes: Buffer,
): ReadPart {
  if (contentRange === undefined) return broken('there is no Content-Range')
  const [, first, last, length] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(contentRange) ?? []
  const range = { firstPos: Number(first), lastPos: Number(last) }
  const completeLength = length === '*' ? undefined : Number(length)
  // 9110 §14.4: a Content-Range is invalid whose last-pos is before its first-pos, or not before its complete-length.
  const valid =
    length !== undefined &&
    range.lastPos >= range.firstPos &&
    range.lastPos < (completeLength ?? Number.POSITIVE_INFINITY)
  if (!valid) return broken(`Content-Range is ${JSON.stringify(contentRange)}`)
  return { kind: 'part', part: { range, completeLength, contentType, bytes } }
}

function readMultipart({ headers, body }: ParsedResponse): Delivered {
  const contentType = headerValue(headers, 'content-type') ?? ''
  const [, quoted, token] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? token
  if (boundary === undefined) return broken('Content-Type has no boundary')
  const parts: DeliveredPart[] = []
  const delimiter = `--${boundary}`
  // Bytes before the first delimiter are a preamble; 9110 §14.6 lets servers send CRLFs there.
  const preamble = body.indexOf(`\r\n${delimiter}`)
  let at = body.toString('latin1', 0, delimiter.length) === delimiter ? 0 : preamble + 2
  if (at === 1) return broken('the boundary is not in the body')
  for (;;) {
    at += delimiter.length
    if (body.toString('latin1', at, at + 2) === '--') return { kind: 'multipart', parts }
    const headStart = body.indexOf('\r\n', at) + 2
    const headEnd = body.indexOf('\r\n\r\n', headStart - 2)
    const next = body.indexOf(`\r\n${delimiter}`, Math.max(headEnd + 4, at))
    if (headStart < 2 || headEnd === -1 || next === -1) {
      return broken('the multipart body does not end with its closing delimiter')
    }
    const lines = body.toString('latin1', headStart, headEnd).split('\r\n')
    const read = readPart(
      fieldOf(lines, 'content-range'),
      fieldOf(lines, 'content-type'),
      body.subarray(headEnd + 4, next),
    )
    if (read.kind === 'broken') return broken(`part ${parts.length + 1}: ${read.problem}`)
    parts.push(read.part)
    at = next + 2
  }
}

function fieldOf(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((line) => line.toLowerCase().startsWith(`${name}:`))
  return line?.slice(name.length + 1).trim()
}

import { referenceAnswer } from './reference-answer.ts'
import { type Defect, sampleFile } from './reference-server.ts'

/** Answers as if the request had other header fields. */
const asIf =
  (change: (headers: Record<string, string | undefined>) => Record<string, string | undefined>): Defect =>
  (answer, request) => {
    Object.assign(
      answer,
      referenceAnswer({ ...request, headers: change({ ...request.headers }) }, sampleFile),
    )
    return undefined
  }

/** Sets or removes a field of every response with this status. */
const field =
  (status: number, name: string, value?: string): Defect =>
  (answer) => {
    if (answer.status !== status) return undefined
    if (value === undefined) delete answer.headers[name]
    else answer.headers[name] = value
    return undefined
  }

/** Sends the response to GET with this status as bytes, after a change that node:http would refuse. */
const raw =
  (status: number, change: (head: string, body: Buffer) => [head: string, body: Buffer]): Defect =>
  (answer, { method }, response) => {
    if (answer.status !== status || method !== 'GET') return undefined
    const fields = Object.entries({ ...answer.headers, Date: new Date().toUTCString() })
    const lines = [`HTTP/1.1 ${status} X`, ...fields.map(([name, value]) => `${name}: ${value}`)]
    const [head, body] = change(lines.join('\r\n'), answer.body)
    response.socket?.end(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]))
    return 'sent'
  }

/** Defects, each with the vector that must fail for it, and the level and section of the rule that is broken. */
export const DEFECTS: readonly (readonly [name: string, id: string, broken: string, defect: Defect])[] = [
  [
    'a Content-Range that is off by one',
    'int-range',
    'MUST 9110 §15.3.7.1',
    (answer) => {
      const value = answer.headers['Content-Range']
      const wrong = value?.replace(/\d+-(\d+)/, (_, last) => `1-${last}`)
      if (wrong !== undefined && answer.status === 206) answer.headers['Content-Range'] = wrong
      return undefined
    },
  ],
  ['no Content-Range in a 206', '206-content-range', 'MUST 9110 §15.3.7.1', field(206, 'Content-Range')],
  ['no ETag in a 206', '206-etag', 'MUST 9110 §15.3.7', field(206, 'ETag')],
  [
    'another Content-Type in a 206',
    '206-content-type',
    'MUST 9110 §15.3.7',
    field(206, 'Content-Type', 'a/b'),
  ],
  ['no ETag in a 304', '304-etag', 'MUST 9110 §15.4.5', field(304, 'ETag')],
  ['Content-Type in a 304', '304-content-type', 'SHOULD 9110 §15.4.5', field(304, 'Content-Type', 'a/b')],
  ['Content-Length 0 in a 304', '304-content-length', 'MUST 9110 §8.6', field(304, 'Content-Length', '0')],
  ['no Content-Range in a 416', '416-content-range', 'SHOULD 9110 §15.5.17', field(416, 'Content-Range')],
  ['a 416 in chunks', '416-content-length', 'SHOULD 9110 §8.6', field(416, 'Content-Length')],
  ['no Allow in a 405', 'post-allow', 'MUST 9110 §15.5.6', field(405, 'Allow')],
  [
    'a date in RFC 850 format',
    'last-modified-format',
    'MUST 9110 §5.6.7',
    field(200, 'Last-Modified', 'Saturday, 29-Feb-20 12:34:56 GMT'),
  ],
  [
    'Last-Modified in the future',
    'last-modified-past',
    'MUST 9110 §8.8.2.1',
    field(200, 'Last-Modified', 'Fri, 01 Jan 2100 00:00:00 GMT'),
  ],
  ['an ETag without quotes', 'etag-format', 'MUST 9110 §8.8.3', field(200, 'ETag', 'abc')],
  [
    'bytes after the body',
    'length-200',
    'MUST 9112 §6.3',
    raw(200, (head, body) => [head, Buffer.concat([body, Buffer.from('more')])]),
  ],
  ['a body that ends early', 'first-byte', 'MUST 9112 §6.3', raw(206, (head) => [head, Buffer.alloc(0)])],
  [
    'a body in a 304',
    'if-none-match-same',
    'MUST 9110 §6.4.1',
    raw(304, (head) => [head, Buffer.from('body')]),
  ],
  [
    'Transfer-Encoding and Content-Length',
    'unsatisfiable-at-length',
    'MUST 9112 §6.2',
    raw(416, (head) => [`${head}\r\nTransfer-Encoding: chunked`, Buffer.from('0\r\n\r\n')]),
  ],
  [
    'a multipart response to one range',
    'single-part-int-range',
    'MUST 9110 §15.3.7.2',
    (answer) => {
      const contentRange = answer.headers['Content-Range']
      if (answer.status !== 206 || contentRange === undefined) return undefined
      const head = Buffer.from(`--x\r\nContent-Range: ${contentRange}\r\n\r\n`)
      answer.body = Buffer.concat([head, answer.body, Buffer.from('\r\n--x--\r\n')])
      answer.headers = { 'Content-Type': 'multipart/byteranges; boundary=x' }
      return undefined
    },
  ],
  [
    'wrong bytes in a part',
    'several-three',
    'MUST 9110 §15.3.7.2',
    (answer) => {
      if (answer.headers['Content-Type']?.startsWith('multipart')) {
        const content = answer.body.indexOf('\r\n\r\n') + 4
        answer.body = Buffer.from(answer.body.map((byte, index) => (index === content ? byte ^ 1 : byte)))
      }
      return undefined
    },
  ],
  [
    'no closing delimiter',
    'several-suffix',
    'MUST 9110 §15.3.7.2',
    (answer) => {
      if (answer.headers['Content-Type']?.startsWith('multipart')) {
        answer.body = answer.body.subarray(0, -9)
        delete answer.headers['Content-Length']
      }
      return undefined
    },
  ],
  [
    'a 206 to HEAD',
    'head-range',
    'MUST 9110 §14.2',
    (answer, request) => {
      if (request.method === 'HEAD')
        Object.assign(answer, referenceAnswer({ ...request, method: 'GET' }, sampleFile))
      return undefined
    },
  ],
  [
    'another unit read as bytes',
    'unit-unknown',
    'MUST 9110 §14.2',
    asIf(({ range, ...headers }) => ({ ...headers, range: range?.replace('items=', 'bytes=') })),
  ],
  [
    'weak comparison in If-Range',
    'if-range-weak-of-strong',
    'MUST 9110 §13.1.5',
    asIf((headers) => ({ ...headers, 'if-range': headers['if-range']?.replace(/^W\//, '') })),
  ],
  [
    'If-Range ignored',
    'if-range-other-tag',
    'MUST 9110 §13.1.5',
    asIf((headers) => ({ ...headers, 'if-range': undefined })),
  ],
  [
    'a later date accepted in If-Range',
    'if-range-date-later-day',
    'MUST 9110 §13.1.5',
    asIf((headers) => ({
      ...headers,
      'if-range': headers['if-range']?.endsWith('GMT')
        ? sampleFile.lastModified.toUTCString()
        : headers['if-range'],
    })),
  ],
  [
    'weak comparison in If-Match',
    'if-match-weak-of-strong',
    'MUST 9110 §13.1.1',
    asIf((headers) => ({ ...headers, 'if-match': headers['if-match']?.replace(/^W\//, '') })),
  ],
  [
    'If-Match ignored',
    'if-match-other',
    'MUST 9110 §13.1.1',
    asIf((headers) => ({ ...headers, 'if-match': undefined })),
  ],
  [
    'tags split at every comma',
    'if-none-match-inside-comma-tag',
    'MUST 9110 §13.1.2',
    asIf((headers) => ({
      ...headers,
      'if-none-match': headers['if-none-match']
        ?.split(',')
        .map((tag) => `"${tag.replaceAll('"', '').trim()}"`)
        .join(),
    })),
  ],
  [
    'If-None-Match evaluated for a single tag only',
    'if-none-match-list-last',
    'MUST 9110 §13.1.2',
    asIf((headers) => ({
      ...headers,
      'if-none-match': headers['if-none-match']?.includes(',') ? '"x"' : headers['if-none-match'],
    })),
  ],
  [
    'an invalid date accepted as a date',
    'since-invalid-iso',
    'MUST 9110 §13.1.3',
    asIf((headers) => ({
      ...headers,
      'if-modified-since': headers['if-modified-since']?.includes('T')
        ? new Date(headers['if-modified-since']).toUTCString()
        : undefined,
    })),
  ],
  [
    'If-Modified-Since evaluated in spite of If-None-Match',
    'none-match-other-ignores-since',
    'MUST 9110 §13.1.3',
    asIf((headers) =>
      'if-modified-since' in headers
        ? {
            ...headers,
            'if-none-match': headers['if-none-match'] === sampleFile.etag ? sampleFile.etag : undefined,
          }
        : headers,
    ),
  ],
  [
    '416 before 412',
    'match-fails-unsatisfiable',
    'MUST 9110 §14.2',
    (answer, request) => {
      const { 'if-match': _, ...headers } = request.headers
      const other = referenceAnswer({ ...request, headers }, sampleFile)
      if (other.status === 416) Object.assign(answer, other)
      return undefined
    },
  ],
  [
    '412 for a missing representation',
    'missing-match',
    'MUST 9110 §13.2.1',
    (answer, { headers }) => {
      if (answer.status === 404 && headers['if-match']) answer.status = 412
      return undefined
    },
  ],
  [
    'a suffix read from the start',
    'suffix-range',
    'SHOULD 9110 §14.1.1',
    asIf(({ range, ...headers }) => ({ ...headers, range: range?.replace(/^bytes=-/, 'bytes=0-') })),
  ],
  [
    'Range ignored for the first byte',
    'first-byte',
    'SHOULD 9110 §14.1.2',
    asIf(({ range, ...headers }) => ({ ...headers, range: range === 'bytes=0-0' ? undefined : range })),
  ],
  [
    'positions past 2^64 wrapped',
    'first-pos-2-64',
    'MUST 9110 §14.1.2',
    asIf(({ range, ...headers }) => ({ ...headers, range: range?.replace('18446744073709551616', '0') })),
  ],
  [
    'parts always in ascending order',
    'several-in-order',
    'SHOULD 9110 §15.3.7.2',
    asIf(({ range, ...headers }) => ({
      ...headers,
      range: range === 'bytes=99990-99999,0-9' ? 'bytes=0-9,-10' : range,
    })),
  ],
  [
    'overlapping ranges without a limit',
    'limit-open-200',
    'SHOULD 9110 §17.15',
    (answer, { headers: { range } }) => {
      if (range?.startsWith('bytes=0-,0-,0-')) {
        const part = Buffer.concat([
          Buffer.from('--x\r\nContent-Range: bytes 0-99999/100000\r\n\r\n'),
          sampleFile.bytes,
          Buffer.from('\r\n'),
        ])
        answer.status = 206
        answer.headers = { 'Content-Type': 'multipart/byteranges; boundary=x' }
        answer.body = Buffer.concat([part, part, Buffer.from('--x--\r\n')])
      }
      return undefined
    },
  ],
  [
    'a wrong digest',
    'digest-206',
    'MAY 9530 §3',
    (answer) => {
      if (answer.headers['Repr-Digest']) answer.headers['Repr-Digest'] = 'sha-256=:AAAA:'
      return undefined
    },
  ],
  [
    'no Date',
    'date-sent',
    'MUST 9110 §6.6.1',
    (_answer, _request, response) => {
      response.sendDate = false
      return undefined
    },
  ],
  [
    'a closed connection for a reversed range',
    'invalid-reversed',
    'SHOULD 9110 §14.2',
    (_answer, { headers: { range } }, response) => {
      if (range !== 'bytes=5-4') return undefined
      response.socket?.destroy()
      return 'sent'
    },
  ],
]

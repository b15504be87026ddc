import { afterEach, describe, expect, it } from 'vitest'
import { referenceAnswer } from '../test/support/reference-answer.ts'
import {
  type Defect,
  sampleFile,
  startRaw,
  startReference,
  type TestServer,
} from '../test/support/reference-server.ts'
import type { Report } from './report.ts'
import { type ConformanceOptions, runConformance } from './run.ts'
import { vectors } from './vectors.ts'

let server: TestServer | undefined
afterEach(() => server?.close())

async function check(defect?: Defect, options?: ConformanceOptions, file = sampleFile): Promise<Report> {
  server = await startReference(defect, file)
  return runConformance(server.url, { timeoutMs: 1000, ...options })
}

const failures = ({ results }: Report) =>
  results
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ id, findings }) => `${id}: ${findings?.map(({ problem }) => problem).join('; ')}`)

describe('a right server', () => {
  it('passes every vector', async () => {
    const report = await check()
    expect(failures(report)).toEqual([])
    expect(report.results).toHaveLength(vectors.length)
    expect(report.totals.passed).toBeGreaterThan(400)
    expect(report.notes).toEqual([])
  })

  it.each([
    ['a weak tag', { ...sampleFile, etag: 'W/"Sample-1a"' }],
    ['one byte', { ...sampleFile, bytes: sampleFile.bytes.subarray(0, 1) }],
    ['no bytes', { ...sampleFile, bytes: Buffer.alloc(0) }],
    ['a thousand bytes', { ...sampleFile, bytes: sampleFile.bytes.subarray(0, 1000) }],
    ['a comma in its tag', { ...sampleFile, etag: '"a,b"' }],
    ['nine million bytes', { ...sampleFile, bytes: Buffer.alloc(9_000_000, sampleFile.bytes) }],
  ])('passes every vector for a file with %s', async (_, file) => {
    expect(failures(await check(undefined, {}, file))).toEqual([])
  })

  it('passes for a file that was changed just now, with a note', async () => {
    const lastModified = new Date(Math.floor(Date.now() / 1000) * 1000)
    const report = await check(undefined, {}, { ...sampleFile, lastModified })
    expect(failures(report)).toEqual([])
    expect(report.notes.join()).toContain('8.8.2.2')
  })
})

describe('a server without ranges', () => {
  it('fails nothing and is told what it does not offer', async () => {
    const report = await check((answer, request) => {
      const { range: _, ...headers } = request.headers
      Object.assign(answer, referenceAnswer({ ...request, headers }, sampleFile))
      delete answer.headers['Accept-Ranges']
      return undefined
    })
    expect(failures(report)).toEqual([])
    expect(report.totals.notOffered).toBeGreaterThan(150)
  })

  it('fails nothing when it offers single ranges only', async () => {
    const report = await check((answer, request) => {
      const { range, ...headers } = request.headers
      if (range?.includes(',')) Object.assign(answer, referenceAnswer({ ...request, headers }, sampleFile))
      return undefined
    })
    expect(report.totals.failed.MUST).toBe(0)
    expect(failures(report).map((text) => text.split(':')[0])).toContain('several-ranges')
  })
})

/** The answer to the same request with other header fields. */
const asIf =
  (change: (headers: Record<string, string | undefined>) => Record<string, string | undefined>): Defect =>
  (answer, request) => {
    Object.assign(
      answer,
      referenceAnswer({ ...request, headers: change({ ...request.headers }) }, sampleFile),
    )
    return undefined
  }

const field =
  (status: number, name: string, value?: string): Defect =>
  (answer) => {
    if (answer.status !== status) return undefined
    if (value === undefined) delete answer.headers[name]
    else answer.headers[name] = value
    return undefined
  }

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

const defects: readonly (readonly [name: string, id: string, broken: string, defect: Defect])[] = [
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
  ['a body that breaks off', 'first-byte', 'MUST 9112 §6.3', raw(206, (head) => [head, Buffer.alloc(0)])],
  [
    'a body in a 304',
    'if-none-match-same',
    'MUST 9110 §6.4.1',
    raw(304, (head) => [head, Buffer.from('body')]),
  ],
  [
    'both kinds of framing',
    'unsatisfiable-at-length',
    'MUST 9112 §6.2',
    raw(416, (head) => [`${head}\r\nTransfer-Encoding: chunked`, Buffer.from('0\r\n\r\n')]),
  ],
  [
    'a multipart answer to one range',
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
    'bytes of another place in a part',
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
    'a range in HEAD',
    'head-range',
    'MUST 9110 §14.2',
    (answer, request) => {
      if (request.method === 'HEAD')
        Object.assign(answer, referenceAnswer({ ...request, method: 'GET' }, sampleFile))
      return undefined
    },
  ],
  [
    'another unit taken for bytes',
    'unit-unknown',
    'MUST 9110 §14.2',
    asIf(({ range, ...headers }) => ({ ...headers, range: range?.replace('items=', 'bytes=') })),
  ],
  [
    'a weak tag taken by If-Range',
    'if-range-weak-of-strong',
    'MUST 9110 §13.1.5',
    asIf((headers) => ({ ...headers, 'if-range': headers['if-range']?.replace(/^W\//, '') })),
  ],
  [
    'If-Range left out of account',
    'if-range-other-tag',
    'MUST 9110 §13.1.5',
    asIf((headers) => ({ ...headers, 'if-range': undefined })),
  ],
  [
    'a later date taken by If-Range',
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
    'a weak tag taken by If-Match',
    'if-match-weak-of-strong',
    'MUST 9110 §13.1.1',
    asIf((headers) => ({ ...headers, 'if-match': headers['if-match']?.replace(/^W\//, '') })),
  ],
  [
    'If-Match left out of account',
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
    'If-None-Match only for exactly one tag',
    'if-none-match-list-last',
    'MUST 9110 §13.1.2',
    asIf((headers) => ({
      ...headers,
      'if-none-match': headers['if-none-match']?.includes(',') ? '"x"' : headers['if-none-match'],
    })),
  ],
  [
    'an invalid date taken for one',
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
    'If-Modified-Since beside If-None-Match',
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
    '412 for a missing file',
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
    'the first byte refused',
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
    'parts in rising order only',
    'several-in-order',
    'SHOULD 9110 §15.3.7.2',
    asIf(({ range, ...headers }) => ({
      ...headers,
      range: range === 'bytes=99990-99999,0-9' ? 'bytes=0-9,-10' : range,
    })),
  ],
  [
    'no limit to overlapping ranges',
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
    'no answer to a reversed range',
    'invalid-reversed',
    'SHOULD 9110 §14.2',
    (_answer, { headers: { range } }, response) => {
      if (range !== 'bytes=5-4') return undefined
      response.socket?.destroy()
      return 'sent'
    },
  ],
]

describe('a wrong server', () => {
  it.each(defects)('with %s fails %s', async (_, id, broken, defect) => {
    const report = await check(defect, { only: [id] })
    const [result] = report.results
    expect(result).toMatchObject({ verdict: 'fail' })
    expect(result?.findings?.map(({ level, section }) => `${level} ${section}`)).toContain(broken)
  })

  it('that sends surplus bytes is found out by the next response', async () => {
    const defect: Defect = (answer, { method }, response) => {
      if (method !== 'GET' || answer.status !== 404) return undefined
      response.socket?.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\nsurplus')
      return 'sent'
    }
    const report = await check(defect, { only: ['next-after-missing'] })
    expect(report.results[0]?.findings?.[0]).toMatchObject({ level: 'MUST', section: '9112 §6.3' })
  })

  it('that leaves the connection open is found out', async () => {
    server = await startRaw((socket) => {
      socket.on('data', (data) => {
        const body = String(data).startsWith('HEAD') ? '' : 'abc'
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${body}`)
      })
    })
    const report = await runConformance(server.url, { only: ['close-after-200'] })
    expect(report.results[0]?.findings?.[0]?.problem).toContain('open')
  })
})

describe('a server that falls silent', () => {
  const silent: Defect = (_, { headers }) => (headers['if-range'] === undefined ? undefined : 'sent')

  it('does not hold up the run', async () => {
    const report = await check(silent, { timeoutMs: 100, section: '13.1.5' })
    expect(report.results.filter(({ reason }) => reason?.startsWith('not run')).length).toBeGreaterThan(5)
    expect(report.totals.failed.MUST).toBeGreaterThan(5)
    expect(report.durationMs).toBeLessThan(8000)
  })

  it('is told of through a callback', async () => {
    let calls = 0
    const onNoAnswer = async () => {
      calls++
    }
    await check(silent, { timeoutMs: 100, only: ['if-range-other-tag'], onNoAnswer })
    expect(calls).toBe(1)
  })
})

describe('runConformance', () => {
  it('refuses what is not an http URL', async () => {
    await expect(runConformance('ftp://127.0.0.1/x')).rejects.toThrow(TypeError)
    await expect(runConformance('no url')).rejects.toThrow(TypeError)
  })

  it('refuses an unknown id and an empty selection', async () => {
    await expect(runConformance('http://127.0.0.1/', { only: ['nothing'] })).rejects.toThrow(RangeError)
    await expect(runConformance('http://127.0.0.1/', { section: '99' })).rejects.toThrow(RangeError)
  })

  it('tells that a file is not there', async () => {
    server = await startReference()
    const url = new URL('/other', server.url)
    await expect(runConformance(url)).rejects.toThrow('404')
  })

  it('tells that nobody answers', async () => {
    server = await startRaw(() => undefined)
    await expect(runConformance(server.url, { timeoutMs: 50 })).rejects.toMatchObject({
      name: 'UnreachableError',
    })
  })

  it('runs a section and those below it, and a level and stricter ones', async () => {
    const { results } = await check(undefined, { section: '14.1', level: 'MUST' })
    expect(new Set(results.map(({ section }) => section))).toEqual(new Set(['9110 §14.1.2']))
    expect(results.every(({ level }) => level === 'MUST')).toBe(true)
  })
})

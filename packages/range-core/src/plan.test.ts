import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteLength } from './byte-range.ts'
import { type PlanOptions, planMethod, planResponse } from './plan.ts'
import { planRange, type RangePlan } from './plan-range.ts'
import type { RepresentationInfo } from './source.ts'

const MAX = Number.MAX_SAFE_INTEGER
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** How many bytes the segments make, counted one by one. */
function bodyLength({ segments }: Pick<RangePlan, 'segments'>): number {
  return segments
    .map((segment) => (segment.kind === 'bytes' ? segment.bytes.byteLength : byteLength(segment.range)))
    .reduce((sum, length) => sum + length, 0)
}

describe('planRange', () => {
  it('gives one range', () => {
    expect(planRange('bytes=0-499', 10_000)).toEqual({
      status: 206,
      headers: { 'Accept-Ranges': 'bytes', 'Content-Length': '500', 'Content-Range': 'bytes 0-499/10000' },
      ranges: [{ firstPos: 0, lastPos: 499 }],
      segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 499 } }],
    })
  })

  const whole = {
    status: 200,
    headers: { 'Accept-Ranges': 'bytes', 'Content-Length': '10000' },
    ranges: [{ firstPos: 0, lastPos: 9999 }],
    segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 9999 } }],
  }

  it.each([
    ['no field', undefined],
    ['a field that is null', null],
    ['an empty field', ''],
    ['a malformed field', 'bytes=abc'],
    ['a last position before the first', 'bytes=5-4'],
    ['another unit', 'seconds=0-4'],
    ['101 ranges', `bytes=${Array.from({ length: 101 }, (_, i) => `${i * 90}-${i * 90}`).join()}`],
  ])('gives the whole for %s', (_, field) => {
    expect(planRange(field, 10_000)).toEqual(whole)
  })

  it.each(['bytes=10000-', 'bytes=10000-10001', 'bytes=-0', 'bytes=10000-,-0', `bytes=${'9'.repeat(400)}-`])(
    'says 416 with the length, and no body, to %s',
    (field) => {
      expect(planRange(field, 10_000)).toEqual({
        status: 416,
        headers: { 'Content-Range': 'bytes */10000', 'Content-Length': '0' },
        ranges: [],
        segments: [],
      })
    },
  )

  it.each(['bytes=0-0', 'bytes=-0', 'bytes=5-', 'bytes=-1', 'bytes=0-,1-', undefined])(
    'ignores %j of an empty representation',
    (field) => {
      expect(planRange(field, 0)).toEqual({
        status: 200,
        headers: { 'Accept-Ranges': 'bytes', 'Content-Length': '0' },
        ranges: [],
        segments: [],
      })
    },
  )

  it('gives 206 even if the range is the whole', () => {
    expect(planRange('bytes=0-', 10_000)).toMatchObject({
      status: 206,
      headers: { 'Content-Range': 'bytes 0-9999/10000', 'Content-Length': '10000' },
    })
  })

  it('leaves out what cannot be satisfied among what can', () => {
    expect(planRange('bytes=0-9,200000-', 100_000)).toMatchObject({
      status: 206,
      headers: { 'Content-Range': 'bytes 0-9/100000', 'Content-Length': '10' },
      ranges: [{ firstPos: 0, lastPos: 9 }],
    })
  })

  it('gives several ranges as multipart/byteranges, in the order asked for, with the exact length', () => {
    const plan = planRange('bytes=-1,0-1', 10_000, { boundary: 'b', contentType: 'text/plain' })
    const headerOf = (range: string) =>
      `Content-Type: text/plain\r\nContent-Range: bytes ${range}/10000\r\n\r\n`
    expect(plan.status).toBe(206)
    expect(plan.ranges).toEqual([
      { firstPos: 9999, lastPos: 9999 },
      { firstPos: 0, lastPos: 1 },
    ])
    expect(
      plan.segments.map((segment) => (segment.kind === 'bytes' ? text(segment.bytes) : segment.range)),
    ).toEqual([
      `--b\r\n${headerOf('9999-9999')}`,
      { firstPos: 9999, lastPos: 9999 },
      `\r\n--b\r\n${headerOf('0-1')}`,
      { firstPos: 0, lastPos: 1 },
      '\r\n--b--\r\n',
    ])
    expect(plan.headers).toEqual({
      'Accept-Ranges': 'bytes',
      'Content-Length': String(bodyLength(plan)),
      'Content-Type': 'multipart/byteranges; boundary=b',
    })
  })

  it('takes a new boundary for every response unless told one', () => {
    const types = [1, 2].map(() => planRange('bytes=-1,0-1', 10_000).headers['Content-Type'] ?? '')
    expect(new Set(types).size).toBe(2)
    for (const type of types) expect(type).toMatch(/^multipart\/byteranges; boundary=[0-9A-Za-z-]{20,70}$/)
  })

  it('sends what coalesces into one range as one', () => {
    for (const field of [
      'bytes=0-4,5-9',
      'bytes=5-9,0-4',
      'bytes=0-9,2-3',
      'bytes=0-1,8-9',
      'bytes=0-,-10',
    ]) {
      const plan = planRange(field, 10)
      expect(plan.headers['Content-Range']).toBe('bytes 0-9/10')
      expect(plan.ranges).toEqual([{ firstPos: 0, lastPos: 9 }])
      expect(plan.segments).toHaveLength(1)
    }
  })

  it('joins across a gap smaller than a part, measured with its boundary and type', () => {
    const part = '\r\n--b\r\nContent-Type: a/b\r\nContent-Range: bytes 10000-10000/10000\r\n\r\n'.length
    const options = { boundary: 'b', contentType: 'a/b' }
    expect(planRange(`bytes=0-0,${part}-${part}`, 10_000, options).ranges).toHaveLength(1)
    expect(planRange(`bytes=0-0,${part + 1}-${part + 1}`, 10_000, options).ranges).toHaveLength(2)
  })

  const spread = (count: number) =>
    `bytes=${Array.from({ length: count }, (_, i) => `${i * 900}-${i * 900}`).join()}`

  it('serves 100 ranges, and ignores more', () => {
    expect(planRange(spread(100), 1_000_000).ranges).toHaveLength(100)
    expect(planRange(spread(101), 1_000_000).status).toBe(200)
  })

  it('counts the ranges asked for, not what becomes of them', () => {
    expect(planRange(`bytes=${'0-0,'.repeat(101)}`, 1000).status).toBe(200)
    expect(planRange(`bytes=${'2000-,'.repeat(101)}`, 1000).status).toBe(200)
    expect(planRange(`bytes=${'0-0,'.repeat(100)}`, 1000).status).toBe(206)
  })

  it('lets the limit be set', () => {
    expect(planRange(spread(3), 1_000_000, { maxRanges: 2 }).status).toBe(200)
    expect(planRange(spread(2), 1_000_000, { maxRanges: 2 }).status).toBe(206)
    expect(planRange(spread(150), 1_000_000, { maxRanges: 150 }).ranges).toHaveLength(150)
    expect(planRange('bytes=0-0', 1_000_000, { maxRanges: 0 }).status).toBe(200)
  })

  it('makes no body longer than the representation and 4096 bytes', () => {
    const boundary = 'b'
    const contentType = `x/${'y'.repeat(4096)}`
    // Two parts, and between them a gap that costs just more than a part: all the rest is sent.
    const gap =
      '\r\n--b\r\nContent-Type: \r\nContent-Range: bytes 10000-10000/10000\r\n\r\n'.length +
      contentType.length
    const planned = (length: number) =>
      planRange(`bytes=0-0,${gap + 1}-`, 10_000, { boundary, contentType: contentType.slice(0, length) })
    const statuses = new Set<number>()
    for (let length = contentType.length - 200; length <= contentType.length; length++) {
      const plan = planned(length)
      const ifSent = 10_000 - gap + bodyLength(planRange('bytes=0-0,9999-', 10_000, { boundary })) - 2
      // Each of the two headers has the type in it, and the range that is longer has one digit less.
      const headers = ifSent + 2 * (length + 'Content-Type: \r\n'.length)
      expect(plan.status).toBe(headers <= 10_000 + 4096 ? 206 : 200)
      expect(bodyLength(plan)).toBeLessThanOrEqual(10_000 + 4096)
      statuses.add(plan.status)
    }
    expect(statuses).toEqual(new Set([200, 206]))
  })

  it.each([
    [`bytes=${MAX - 1}-`, `bytes ${MAX - 1}-${MAX - 1}/${MAX}`, '1'],
    [`bytes=-1`, `bytes ${MAX - 1}-${MAX - 1}/${MAX}`, '1'],
    [`bytes=0-${MAX}`, `bytes 0-${MAX - 1}/${MAX}`, String(MAX)],
    [`bytes=1-`, `bytes 1-${MAX - 1}/${MAX}`, String(MAX - 1)],
    [`bytes=-${MAX}`, `bytes 0-${MAX - 1}/${MAX}`, String(MAX)],
  ])('is exact near 2^53: %s', (field, contentRange, contentLength) => {
    const { status, headers } = planRange(field, MAX)
    expect(status).toBe(206)
    expect(headers['Content-Range']).toBe(contentRange)
    expect(headers['Content-Length']).toBe(contentLength)
  })

  it('says 416 to a position at 2^53 - 1 of as many bytes', () => {
    expect(planRange(`bytes=${MAX}-`, MAX).status).toBe(416)
  })

  it('gives the whole where the length of a multipart body could not be told exactly', () => {
    expect(planRange('bytes=0-10,121-', MAX, { boundary: 'b' })).toMatchObject({
      status: 200,
      headers: { 'Content-Length': String(MAX) },
    })
    expect(planRange('bytes=0-10,300-', MAX, { boundary: 'b' }).status).toBe(206)
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'refuses %d as a length',
    (completeLength) => {
      expect(() => planRange('bytes=0-0', completeLength)).toThrow(
        new RangeError(`completeLength must be an integer from 0 to 2^53 - 1, not ${completeLength}`),
      )
      expect(() => planRange(undefined, completeLength)).toThrow(RangeError)
    },
  )

  it('is, for any range of anything, what slicing the bytes gives', () => {
    const spec = fc.tuple(
      fc.nat({ max: 320 }),
      fc.nat({ max: 320 }),
      fc.constantFrom('int', 'open', 'suffix'),
    )
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), spec, (data, [a, b, kind]) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)]
        const field = { int: `${first}-${last}`, open: `${first}-`, suffix: `-${first}` }[kind]
        const slice = {
          int: data.slice(first, last + 1),
          open: data.slice(first),
          suffix: data.slice(-first),
        }[kind]
        const expected = kind === 'suffix' && first === 0 ? new Uint8Array() : slice
        const { ranges, status } = planRange(`bytes=${field}`, data.length)
        const sent = ranges.flatMap(({ firstPos, lastPos }) => [...data.slice(firstPos, lastPos + 1)])
        expect(sent).toEqual([...expected])
        expect(status).toBe(expected.length === 0 ? 416 : 206)
      }),
    )
  })
})

describe('planMethod', () => {
  it.each(['GET', 'HEAD'])('leaves %s to the representation', (method) => {
    expect(planMethod(method)).toBeUndefined()
  })

  it('answers OPTIONS with what is allowed', () => {
    expect(planMethod('OPTIONS')).toEqual({
      status: 204,
      headers: { Allow: 'GET, HEAD, OPTIONS' },
      segments: [],
    })
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'get', ''])(
    'answers %j with 405, and what is allowed',
    (method) => {
      expect(planMethod(method)).toEqual({
        status: 405,
        headers: { Allow: 'GET, HEAD, OPTIONS', 'Content-Length': '0' },
        segments: [],
      })
    },
  )
})

describe('planResponse', () => {
  const NOW = Date.UTC(2026, 5, 15, 12)
  const LAST_MODIFIED = 'Thu, 02 Jan 2020 03:04:05 GMT'
  const film: RepresentationInfo = {
    completeLength: 10_000,
    contentType: 'video/mp4',
    etag: { opaque: 'v1', weak: false },
    lastModified: new Date(LAST_MODIFIED),
    digests: { 'sha-256': 'AAAA' },
  }
  const plan = (
    fields: Record<string, string> = {},
    representation: RepresentationInfo = film,
    options: PlanOptions = {},
    method = 'GET',
  ) => planResponse({ method, headers: new Headers(fields) }, representation, { now: NOW, ...options })
  const versionFields = { ETag: '"v1"', 'Last-Modified': LAST_MODIFIED }

  it('describes the whole', () => {
    expect(plan()).toEqual({
      status: 200,
      headers: {
        'Content-Type': 'video/mp4',
        'Accept-Ranges': 'bytes',
        'Content-Length': '10000',
        ...versionFields,
      },
      segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 9999 } }],
    })
  })

  it('describes a range', () => {
    expect(plan({ Range: 'bytes=0-1' })).toEqual({
      status: 206,
      headers: {
        'Content-Type': 'video/mp4',
        'Accept-Ranges': 'bytes',
        'Content-Length': '2',
        'Content-Range': 'bytes 0-1/10000',
        ...versionFields,
      },
      segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 1 } }],
    })
  })

  it('describes several ranges, with the type on each part and no Content-Range on the whole', () => {
    const { status, headers, segments } = plan({ Range: 'bytes=0-1,-1' }, film, { boundary: 'b' })
    expect(status).toBe(206)
    expect(headers).toEqual({
      'Content-Type': 'multipart/byteranges; boundary=b',
      'Accept-Ranges': 'bytes',
      'Content-Length': String(bodyLength({ segments })),
      ...versionFields,
    })
    const parts = segments.flatMap((segment) => (segment.kind === 'bytes' ? text(segment.bytes) : []))
    expect(parts.join('').match(/^Content-Type: video\/mp4\r$/gm)).toHaveLength(2)
  })

  it('says nothing of what is not known', () => {
    expect(plan({}, { completeLength: 0 })).toStrictEqual({
      status: 200,
      headers: { 'Accept-Ranges': 'bytes', 'Content-Length': '0' },
      segments: [],
    })
    expect(plan({ Range: 'bytes=0-1' }, { completeLength: 5 }).headers).toStrictEqual({
      'Accept-Ranges': 'bytes',
      'Content-Length': '2',
      'Content-Range': 'bytes 0-1/5',
    })
  })

  it('passes the limit on ranges on', () => {
    expect(plan({ Range: 'bytes=0-1,-1' }, film, { maxRanges: 1 }).status).toBe(200)
  })

  it('says 416 with nothing but the length', () => {
    expect(
      plan({ Range: 'bytes=10000-' }, film, { cacheControl: 'no-cache', fields: { Vary: 'x' } }),
    ).toEqual({
      status: 416,
      headers: { 'Content-Range': 'bytes */10000', 'Content-Length': '0' },
      segments: [],
    })
  })

  describe('HEAD', () => {
    it('is answered like GET, without a body', () => {
      expect(plan({}, film, {}, 'HEAD')).toEqual({ ...plan(), segments: [] })
    })

    it.each(['bytes=0-1', 'bytes=10000-', 'bytes=0-1,-1'])('ignores Range: %s', (field) => {
      expect(plan({ Range: field }, film, {}, 'HEAD')).toEqual({ ...plan(), segments: [] })
    })

    it('ignores Range also where If-Range holds', () => {
      expect(plan({ Range: 'bytes=0-1', 'If-Range': '"v1"' }, film, {}, 'HEAD').status).toBe(200)
    })

    it('heeds preconditions', () => {
      expect(plan({ 'If-None-Match': '"v1"' }, film, {}, 'HEAD').status).toBe(304)
      expect(plan({ 'If-Match': '"v2"' }, film, {}, 'HEAD').status).toBe(412)
    })
  })

  it('answers other methods without a look at the representation', () => {
    expect(plan({ 'If-Match': '"v2"' }, film, {}, 'OPTIONS')).toEqual(planMethod('OPTIONS'))
    expect(plan({ 'If-Match': '"v2"' }, film, {}, 'POST')).toEqual(planMethod('POST'))
  })

  describe('preconditions', () => {
    it('that fail get a 412 with nothing of the representation', () => {
      expect(plan({ 'If-Match': '"v2"' }, film, { cacheControl: 'no-cache', fields: { Vary: 'x' } })).toEqual(
        {
          status: 412,
          headers: { 'Content-Length': '0' },
          segments: [],
        },
      )
    })

    it.each(['bytes=0-1', 'bytes=10000-', 'bytes=-0'])(
      'come before Range: 412 rather than what %s gets',
      (field) => {
        expect(plan({ Range: field, 'If-Match': '"v2"' }).status).toBe(412)
        expect(plan({ Range: field, 'If-Unmodified-Since': 'Wed, 01 Jan 2020 00:00:00 GMT' }).status).toBe(
          412,
        )
      },
    )

    it.each(['bytes=0-1', 'bytes=10000-'])('come before Range: 304 rather than what %s gets', (field) => {
      expect(plan({ Range: field, 'If-None-Match': '"v1"' }).status).toBe(304)
    })

    it('that hold let Range count', () => {
      expect(plan({ Range: 'bytes=0-1', 'If-Match': '"v1"' }).status).toBe(206)
      expect(plan({ Range: 'bytes=10000-', 'If-Match': '"v1"' }).status).toBe(416)
    })

    it('find nothing new: 304 with the fields of 15.4.5 and no others of the representation', () => {
      const options = { cacheControl: 'max-age=60', fields: { Vary: 'x' } }
      expect(plan({ 'If-None-Match': '"v1"', 'Want-Repr-Digest': 'sha-256=1' }, film, options)).toEqual({
        status: 304,
        headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' },
        segments: [],
      })
    })

    it('find nothing new: 304 with the date where there is no tag', () => {
      const { etag: _, ...dated } = film
      expect(plan({ 'If-Modified-Since': LAST_MODIFIED }, dated)).toEqual({
        status: 304,
        headers: { 'Last-Modified': LAST_MODIFIED },
        segments: [],
      })
    })

    it('find nothing new: 304 with nothing where there is neither', () => {
      expect(plan({ 'If-None-Match': '*' }, { completeLength: 5 })).toStrictEqual({
        status: 304,
        headers: {},
        segments: [],
      })
    })
  })

  describe('If-Range', () => {
    it.each(['"v1"', LAST_MODIFIED])('that names this version lets Range count: %s', (field) => {
      expect(plan({ Range: 'bytes=0-1', 'If-Range': field }).status).toBe(206)
      expect(plan({ Range: 'bytes=10000-', 'If-Range': field }).status).toBe(416)
    })

    it.each(['"v2"', 'W/"v1"', 'Thu, 02 Jan 2020 03:04:06 GMT', ''])(
      'that does not gives the whole: %j',
      (field) => {
        expect(plan({ Range: 'bytes=0-1', 'If-Range': field })).toEqual(plan())
        expect(plan({ Range: 'bytes=10000-', 'If-Range': field })).toEqual(plan())
      },
    )

    it('means nothing without Range', () => {
      expect(plan({ 'If-Range': '"v2"' })).toEqual(plan())
    })

    it('is looked at only after the preconditions', () => {
      expect(plan({ Range: 'bytes=0-1', 'If-Range': '"v2"', 'If-Match': '"v2"' }).status).toBe(412)
    })
  })

  describe('a modification within the last second', () => {
    const fresh = { ...film, lastModified: new Date(NOW - 999) }

    it('is not told, so that nobody can ask by it', () => {
      expect(plan({}, fresh).headers).not.toHaveProperty('Last-Modified')
      expect(plan({}, { ...film, lastModified: new Date(NOW - 1000) }).headers).toHaveProperty(
        'Last-Modified',
        'Mon, 15 Jun 2026 11:59:59 GMT',
      )
    })

    it('lying in the future is not told either', () => {
      expect(plan({}, { ...film, lastModified: new Date(NOW + 60_000) }).headers).not.toHaveProperty(
        'Last-Modified',
      )
    })

    it('is measured by the clock unless told otherwise', () => {
      const ask = (lastModified: Date) =>
        planResponse({ method: 'GET', headers: new Headers() }, { ...film, lastModified }).headers[
          'Last-Modified'
        ]
      expect(ask(new Date())).toBeUndefined()
      expect(ask(new Date(Date.now() - 5000))).toBeDefined()
    })
  })

  it('writes weak tags as weak', () => {
    expect(plan({}, { ...film, etag: { opaque: 'v1', weak: true } }).headers['ETag']).toBe('W/"v1"')
  })

  const anyBody = [{}, { Range: 'bytes=0-1' }, { Range: 'bytes=0-1,-1' }]

  it('adds Cache-Control and further fields where they are set', () => {
    const options = {
      cacheControl: 'max-age=60',
      fields: { 'Content-Disposition': 'attachment; filename="a.mp4"' },
    }
    for (const fields of anyBody) {
      expect(plan(fields, film, options).headers).toMatchObject({
        'Cache-Control': 'max-age=60',
        'Content-Disposition': 'attachment; filename="a.mp4"',
      })
    }
  })

  it('prefers the Cache-Control of the options to that of the representation', () => {
    const kept = { ...film, cacheControl: 'max-age=5, no-storeroom' }
    for (const fields of [...anyBody, { 'If-None-Match': '*' }]) {
      expect(plan(fields, kept).headers['Cache-Control']).toBe('max-age=5, no-storeroom')
      expect(plan(fields, kept, { cacheControl: 'no-cache' }).headers['Cache-Control']).toBe('no-cache')
    }
  })

  it.each(['no-store', 'No-Store', 'private,no-store', 'no-store, max-age=0', 'x="no-store", no-store'])(
    'keeps a representation out of caches that says so, whatever the options say: %s',
    (cacheControl) => {
      for (const fields of [...anyBody, { 'If-None-Match': '*' }]) {
        const { headers } = plan(fields, { ...film, cacheControl }, { cacheControl: 'public, max-age=60' })
        expect(headers['Cache-Control']).toBe(cacheControl)
      }
    },
  )

  it('adds the fields that the source keeps, which change nothing of what is decided here', () => {
    const encoded = { ...film, fields: { 'Content-Encoding': 'gzip', 'Content-Length': '1', ETag: '"x"' } }
    for (const fields of anyBody) {
      const { headers } = plan(fields, encoded, { boundary: 'b' })
      expect(headers).toEqual({
        ...plan(fields, film, { boundary: 'b' }).headers,
        'Content-Encoding': 'gzip',
      })
    }
  })

  it('adds the digest of the whole where it is wanted, the same on a 200 and on every 206', () => {
    for (const fields of anyBody) {
      expect(plan(fields).headers).not.toHaveProperty('Repr-Digest')
      const { headers } = plan({ ...fields, 'Want-Repr-Digest': 'sha-256=1' })
      expect(headers['Repr-Digest']).toBe('sha-256=:AAAA:')
    }
    expect(plan({ 'Want-Repr-Digest': 'sha-256=1' }, film, {}, 'HEAD').headers).toHaveProperty('Repr-Digest')
    expect(plan({ 'Want-Repr-Digest': 'sha-512=1' }).headers).not.toHaveProperty('Repr-Digest')
  })

  it('refuses what a source must not say', () => {
    expect(() => plan({}, { completeLength: -1 })).toThrow(RangeError)
    expect(() => plan({}, { completeLength: 5, etag: { opaque: 'a"', weak: false } })).toThrow(TypeError)
  })

  it('has an answer to whatever a client sends', () => {
    const value = fc
      .array(
        fc.constantFrom(
          'bytes=',
          '0-1',
          ',',
          '"v1"',
          'W/',
          '*',
          '-',
          '9',
          ' ',
          LAST_MODIFIED,
          'é',
          '=',
          'sha-256=1',
        ),
      )
      .map((pieces) => pieces.join(''))
    const name = fc.constantFrom(
      ...[
        'Range',
        'If-Range',
        'If-Match',
        'If-None-Match',
        'If-Modified-Since',
        'If-Unmodified-Since',
        'Want-Repr-Digest',
      ],
    )
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.constantFrom('GET', 'HEAD'), (fields, method) => {
        const planned = plan(fields, film, {}, method)
        expect([200, 206, 304, 412, 416]).toContain(planned.status)
        expect(planned.headers['Content-Range'] === undefined).toBe(
          planned.status !== 416 && planned.headers['Content-Length'] !== undefined
            ? planned.status !== 206 || planned.segments.length > 1
            : planned.status !== 416,
        )
        if (method === 'GET' && planned.status !== 304) {
          expect(planned.headers['Content-Length']).toBe(String(bodyLength(planned)))
        }
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyLength, literalsOf } from '../test/support/segments.ts'
import { type PlanOptions, planMethod, planResponse } from './plan.ts'
import type { RepresentationInfo } from './source.ts'

const NOW = Date.UTC(2026, 5, 15, 12)
const LAST_MODIFIED = 'Thu, 02 Jan 2020 03:04:05 GMT'

/** The fields that a plan depends on, and pieces of their values. */
const FIELD_NAMES = words(
  'Range If-Range If-Match If-None-Match If-Modified-Since If-Unmodified-Since Want-Repr-Digest',
)
const FIELD_PIECES = [...words('bytes= 0-1 , "v1" W/ * - 9 é = sha-256=1'), ' ', LAST_MODIFIED]

function words(text: string): string[] {
  return text.split(' ')
}

describe('planMethod', () => {
  it.each(['GET', 'HEAD'])('decides nothing for %s', (method) => {
    expect(planMethod(method)).toBeUndefined()
  })

  it('answers OPTIONS with the allowed methods', () => {
    expect(planMethod('OPTIONS')).toEqual({
      status: 204,
      headers: { Allow: 'GET, HEAD, OPTIONS' },
      segments: [],
    })
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'get', ''])(
    'answers %j with 405 and the allowed methods',
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

  it('describes the whole representation', () => {
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

  it('describes several ranges, with the type in each part and no Content-Range in the response', () => {
    const { status, headers, segments } = plan({ Range: 'bytes=0-1,-1' }, film, { boundary: 'b' })
    expect(status).toBe(206)
    expect(headers).toEqual({
      'Content-Type': 'multipart/byteranges; boundary=b',
      'Accept-Ranges': 'bytes',
      'Content-Length': String(bodyLength(segments)),
      ...versionFields,
    })
    expect(
      literalsOf(segments)
        .join('')
        .match(/^Content-Type: video\/mp4\r$/gm),
    ).toHaveLength(2)
  })

  it('omits the fields of what is not known', () => {
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

  it('passes the limit of ranges on', () => {
    expect(plan({ Range: 'bytes=0-1,-1' }, film, { maxRanges: 1 }).status).toBe(200)
  })

  it('answers with 416 and nothing but the length', () => {
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

    it('ignores Range even if If-Range holds', () => {
      expect(plan({ Range: 'bytes=0-1', 'If-Range': '"v1"' }, film, {}, 'HEAD').status).toBe(200)
    })

    it('evaluates preconditions', () => {
      expect(plan({ 'If-None-Match': '"v1"' }, film, {}, 'HEAD').status).toBe(304)
      expect(plan({ 'If-Match': '"v2"' }, film, {}, 'HEAD').status).toBe(412)
    })
  })

  it('answers other methods without looking at the representation', () => {
    expect(plan({ 'If-Match': '"v2"' }, film, {}, 'OPTIONS')).toEqual(planMethod('OPTIONS'))
    expect(plan({ 'If-Match': '"v2"' }, film, {}, 'POST')).toEqual(planMethod('POST'))
  })

  describe('preconditions', () => {
    it('that fail get a 412 without fields of the representation', () => {
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

    it('get a 304 with the fields of 9110 §15.4.5 and no others of the representation', () => {
      const options = { cacheControl: 'max-age=60', fields: { 'Content-Disposition': 'attachment' } }
      expect(plan({ 'If-None-Match': '"v1"', 'Want-Repr-Digest': 'sha-256=1' }, film, options)).toEqual({
        status: 304,
        headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' },
        segments: [],
      })
    })

    it.each(words('Cache-Control Content-Location Date Expires Vary vary VARY'))(
      'get a 304 with %s if the 200 has it (9110 §15.4.5), of a source and of an option',
      (name) => {
        const both = (representation: RepresentationInfo, options: PlanOptions) =>
          [{}, { 'If-None-Match': '"v1"' }].map((fields) => plan(fields, representation, options))
        for (const [whole, unmodified] of [
          both({ ...film, fields: { [name]: 'x' } }, {}),
          both(film, { fields: { [name]: 'x' } }),
          both({ ...film, fields: { [name]: 'x' } }, { fields: { [name.toLowerCase()]: 'y' } }),
          both({ ...film, cacheControl: 'max-age=60', fields: { [name]: 'x' } }, {}),
        ]) {
          const value = whole?.headers[name]
          expect(value).toBeDefined()
          expect(unmodified).toEqual({
            status: 304,
            headers: { ...unmodified?.headers, [name]: value },
            segments: [],
          })
        }
      },
    )

    it.each(words('Content-Language Content-Encoding Content-Type Content-Length Last-Modified X-Title'))(
      'get a 304 without %s, which the client has',
      (name) => {
        const fields = { [name]: 'x' }
        expect(plan({ 'If-None-Match': '"v1"' }, { ...film, fields }, { fields }).headers).toEqual({
          ETag: '"v1"',
        })
      },
    )

    it('get a 304 with the date if there is no tag', () => {
      const { etag: _, ...dated } = film
      expect(plan({ 'If-Modified-Since': LAST_MODIFIED }, dated)).toEqual({
        status: 304,
        headers: { 'Last-Modified': LAST_MODIFIED },
        segments: [],
      })
    })

    it('get a 304 without fields if there is neither', () => {
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
      'that does not gets the whole representation: %j',
      (field) => {
        expect(plan({ Range: 'bytes=0-1', 'If-Range': field })).toEqual(plan())
        expect(plan({ Range: 'bytes=10000-', 'If-Range': field })).toEqual(plan())
      },
    )

    it('is ignored without Range', () => {
      expect(plan({ 'If-Range': '"v2"' })).toEqual(plan())
    })

    it('is evaluated only after the preconditions', () => {
      expect(plan({ Range: 'bytes=0-1', 'If-Range': '"v2"', 'If-Match': '"v2"' }).status).toBe(412)
    })
  })

  describe('a modification date that is not strong yet', () => {
    const fresh = { ...film, lastModified: new Date(NOW - 999) }

    it('is not sent, so that no client can ask by it', () => {
      expect(plan({}, fresh).headers).not.toHaveProperty('Last-Modified')
      expect(plan({}, { ...film, lastModified: new Date(NOW - 1000) }).headers).toHaveProperty(
        'Last-Modified',
        'Mon, 15 Jun 2026 11:59:59 GMT',
      )
    })

    it('is not sent if it is in the future', () => {
      expect(plan({}, { ...film, lastModified: new Date(NOW + 60_000) }).headers).not.toHaveProperty(
        'Last-Modified',
      )
    })

    it('is measured by the clock unless `now` is given', () => {
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

  it('adds Cache-Control and further fields if they are set', () => {
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
    'keeps the no-store of a representation, whatever the options say: %s',
    (cacheControl) => {
      for (const fields of [...anyBody, { 'If-None-Match': '*' }]) {
        const { headers } = plan(fields, { ...film, cacheControl }, { cacheControl: 'public, max-age=60' })
        expect(headers['Cache-Control']).toBe(cacheControl)
      }
    },
  )

  it('adds the fields of the representation, which replace none of the plan', () => {
    const encoded = { ...film, fields: { 'Content-Encoding': 'gzip', 'Content-Length': '1', ETag: '"x"' } }
    for (const fields of anyBody) {
      const { headers } = plan(fields, encoded, { boundary: 'b' })
      expect(headers).toEqual({
        ...plan(fields, film, { boundary: 'b' }).headers,
        'Content-Encoding': 'gzip',
      })
    }
  })

  it('adds the digest of the whole representation if it is wanted, the same to a 200 and every 206', () => {
    for (const fields of anyBody) {
      expect(plan(fields).headers).not.toHaveProperty('Repr-Digest')
      const { headers } = plan({ ...fields, 'Want-Repr-Digest': 'sha-256=1' })
      expect(headers['Repr-Digest']).toBe('sha-256=:AAAA:')
    }
    expect(plan({ 'Want-Repr-Digest': 'sha-256=1' }, film, {}, 'HEAD').headers).toHaveProperty('Repr-Digest')
    expect(plan({ 'Want-Repr-Digest': 'sha-512=1' }).headers).not.toHaveProperty('Repr-Digest')
  })

  it('throws for an invalid length or tag from a source', () => {
    expect(() => plan({}, { completeLength: -1 })).toThrow(RangeError)
    expect(() => plan({}, { completeLength: 5, etag: { opaque: 'a"', weak: false } })).toThrow(TypeError)
  })

  it('has a response to whatever a client sends', () => {
    const value = fc.array(fc.constantFrom(...FIELD_PIECES)).map((pieces) => pieces.join(''))
    const name = fc.constantFrom(...FIELD_NAMES)
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
          expect(planned.headers['Content-Length']).toBe(String(bodyLength(planned.segments)))
        }
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { addFields } from './added-fields.ts'
import { planResponse } from './plan.ts'

const DECIDED = [
  'Accept-Ranges',
  'Content-Length',
  'Content-Range',
  'ETag',
  'Last-Modified',
  'Repr-Digest',
  'Transfer-Encoding',
]
const SPELLINGS = [
  (name: string) => name,
  (name: string) => name.toLowerCase(),
  (name: string) => name.toUpperCase(),
]

const representation = {
  completeLength: 10_000,
  contentType: 'video/mp4',
  cacheControl: 'no-cache',
  etag: { opaque: 'v', weak: false },
  lastModified: new Date('2024-05-06T07:08:09Z'),
}

function headersFor(
  range: string,
  options: Parameters<typeof planResponse>[2],
  fields?: Record<string, string>,
) {
  const request = { method: 'GET', headers: new Headers(range === '' ? {} : { Range: range }) }
  const { headers } = planResponse(request, { ...representation, ...(fields && { fields }) }, options)
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  expect(names).toEqual([...new Set(names)])
  return new Headers(headers)
}

describe('fields that a source or an option adds', () => {
  const cases = DECIDED.flatMap((name) => SPELLINGS.map((spell) => spell(name)))

  it.each(cases)('never put another %s beside the one that is planned', (name) => {
    for (const range of ['', 'bytes=0-99', 'bytes=0-99,500-599']) {
      const boundary = { boundary: 'b' }
      const planned = headersFor(range, boundary)
      expect(headersFor(range, { ...boundary, fields: { [name]: 'other' } })).toEqual(planned)
      expect(headersFor(range, boundary, { [name]: 'other' })).toEqual(planned)
    }
  })

  it('are compared without case: an option replaces what the source says', () => {
    const headers = headersFor('', { fields: { 'content-language': 'es' } }, { 'Content-Language': 'en' })
    expect(headers.get('Content-Language')).toBe('es')
  })

  it('of an option replace type and Cache-Control, but those of a source do not', () => {
    const fields = { 'content-type': 'text/plain', 'CACHE-CONTROL': 'no-store' }
    const byOption = headersFor('', { fields })
    expect([byOption.get('Content-Type'), byOption.get('Cache-Control')]).toEqual(['text/plain', 'no-store'])
    const bySource = headersFor('', {}, fields)
    expect([bySource.get('Content-Type'), bySource.get('Cache-Control')]).toEqual(['video/mp4', 'no-cache'])
  })

  it('leave the type of a multipart body alone', () => {
    const headers = headersFor('bytes=0-99,500-599', {
      boundary: 'b',
      fields: { 'content-type': 'text/plain' },
    })
    expect(headers.get('Content-Type')).toBe('multipart/byteranges; boundary=b')
  })

  it('of two spellings of one name keep one', () => {
    const headers = {}
    addFields(headers, { 'X-Title': 'a', 'x-title': 'b' })
    expect(headers).toEqual({ 'X-Title': 'a' })
    addFields(headers, { 'x-TITLE': 'c' }, true)
    expect(headers).toEqual({ 'X-Title': 'c' })
  })

  it('name together what a response varies with', () => {
    const headers = headersFor('', { fields: { vary: 'Origin' } }, { Vary: 'Accept-Encoding' })
    expect(headers.get('Vary')).toBe('Accept-Encoding, Origin')
    expect(headersFor('', { fields: { vary: 'Origin' } }).get('Vary')).toBe('Origin')
    expect(headersFor('', {}, { Vary: 'Accept-Encoding' }).get('Vary')).toBe('Accept-Encoding')
  })

  it('for every response stand on each status, whatever an option says', () => {
    const everyField = { 'X-Content-Type-Options': 'nosniff' }
    const fields = { 'x-content-type-options': 'sniff' }
    const requests: readonly [number, string, Record<string, string>][] = [
      [200, 'GET', {}],
      [206, 'GET', { Range: 'bytes=0-0' }],
      [304, 'GET', { 'If-None-Match': '*' }],
      [412, 'GET', { 'If-Match': '"other"' }],
      [416, 'GET', { Range: 'bytes=10000-' }],
      [204, 'OPTIONS', {}],
      [405, 'POST', {}],
    ]
    for (const [status, method, headers] of requests) {
      const plan = planResponse({ method, headers: new Headers(headers) }, representation, {
        everyField,
        fields,
      })
      expect([plan.status, new Headers(plan.headers).get('X-Content-Type-Options')]).toEqual([
        status,
        'nosniff',
      ])
    }
  })
})

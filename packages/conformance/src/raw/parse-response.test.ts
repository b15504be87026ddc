import { describe, expect, it } from 'vitest'
import { headerValue, headerValues, parseResponse } from './parse-response.ts'

const parse = (text: string, method = 'GET', ended = false) =>
  parseResponse(Buffer.from(text, 'latin1'), 0, method, ended)

const read = (text: string, method = 'GET', ended = false) => {
  const result = parse(text, method, ended)
  if (result.kind !== 'response') throw new Error(`not a response but ${result.kind}`)
  return { ...result.response, text: result.response.body.toString('latin1'), next: result.next }
}

describe('parseResponse', () => {
  it('reads status, header fields and a body of Content-Length', () => {
    const text = 'HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\nETag:  "x" \r\n\r\nabc'
    const response = read(text)
    expect(response).toMatchObject({ status: 206, framing: 'content-length', text: 'abc', complete: true })
    expect(response.headers).toEqual([
      { name: 'Content-Length', value: '3' },
      { name: 'ETag', value: '"x"' },
    ])
    expect(response.next).toBe(text.length)
  })

  it('leaves what follows the body to the next response', () => {
    const first = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab'
    expect(read(`${first}HTTP/1.1 200 OK\r\n`).next).toBe(first.length)
  })

  it('reads chunks, and skips their extensions and the trailer section', () => {
    const chunks = '3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nDigest: z\r\n\r\n'
    const response = read(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}rest`)
    expect(response).toMatchObject({ framing: 'chunked', text: 'abc0123456789' })
  })

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ])('reads no body for %s answered by %j', (method, text) => {
    expect(read(text, method)).toMatchObject({ framing: 'none', text: '', complete: true })
  })

  it('reads to the end of the connection where there is no other framing', () => {
    expect(parse('HTTP/1.0 200 OK\r\n\r\nabc')).toMatchObject({ kind: 'more', partial: { complete: false } })
    expect(read('HTTP/1.0 200 OK\r\n\r\nabc', 'GET', true)).toMatchObject({ framing: 'close', text: 'abc' })
  })

  it('skips interim responses', () => {
    expect(read('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n').status).toBe(
      204,
    )
  })

  it.each([
    ['', undefined],
    ['HTTP/1.1 200', undefined],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc', 'abc'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n', 'abc'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc', 'abc'],
  ])('waits for the rest of %j', (text, body) => {
    const result = parse(text)
    expect(result.kind).toBe('more')
    if (result.kind === 'more') expect(result.partial?.body.toString()).toBe(body)
  })

  it.each([
    'HELLO',
    '<html>',
    'HTTP/1.1 abc\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n',
  ])('finds %j malformed', (text) => {
    expect(parse(text).kind).toBe('malformed')
  })
})

describe('headerValue', () => {
  const headers = [
    { name: 'Vary', value: 'Origin' },
    { name: 'vary', value: 'Accept' },
  ]

  it('joins repeated fields without regard to case', () => {
    expect(headerValue(headers, 'VARY')).toBe('Origin, Accept')
    expect(headerValues(headers, 'vary')).toEqual(['Origin', 'Accept'])
  })

  it('is undefined for a field that is absent', () => {
    expect(headerValue(headers, 'etag')).toBeUndefined()
  })
})

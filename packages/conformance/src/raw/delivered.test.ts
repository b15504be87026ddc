import { describe, expect, it } from 'vitest'
import { delivered } from './delivered.ts'
import { type ParsedResponse, parseResponse } from './parse-response.ts'

function response(contentType: string, body: string, contentRange?: string): ParsedResponse {
  const fields = [`Content-Type: ${contentType}`, ...(contentRange ? [`Content-Range: ${contentRange}`] : [])]
  const text = `HTTP/1.1 206 Partial Content\r\n${fields.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const result = parseResponse(Buffer.from(text), 0, 'GET', true)
  if (result.kind !== 'response') throw new Error(text)
  return result.response
}

const part = (contentRange: string, bytes: string) =>
  `--b\r\ncontent-type: text/plain\r\ncontent-range: ${contentRange}\r\n\r\n${bytes}\r\n`

describe('delivered', () => {
  it('reads a single part', () => {
    const content = delivered(response('text/plain', 'abc', 'bytes 2-4/9'))
    expect(content).toMatchObject({
      kind: 'single',
      parts: [{ range: { firstPos: 2, lastPos: 4 }, completeLength: 9 }],
    })
  })

  it('reads an unknown complete length', () => {
    const content = delivered(response('text/plain', 'abc', 'bytes 2-4/*'))
    expect(content).toMatchObject({ kind: 'single', parts: [{ completeLength: undefined }] })
  })

  it.each([undefined, 'bytes */9', 'bytes 4-2/9', 'bytes 2-9/9', 'items 2-4/9', 'bytes 2-4'])(
    'is broken for the Content-Range %j',
    (contentRange) => {
      expect(delivered(response('text/plain', 'abc', contentRange)).kind).toBe('broken')
    },
  )

  it.each(['multipart/byteranges; boundary=b', 'multipart/byteranges;boundary="b"; x=y'])(
    'reads the parts of %s',
    (type) => {
      const content = delivered(
        response(type, `${part('bytes 0-1/9', 'ab')}${part('bytes 4-4/9', 'e')}--b--\r\n`),
      )
      expect(content).toMatchObject({
        kind: 'multipart',
        parts: [
          { range: { firstPos: 0, lastPos: 1 }, contentType: 'text/plain', bytes: Buffer.from('ab') },
          { range: { firstPos: 4, lastPos: 4 }, bytes: Buffer.from('e') },
        ],
      })
    },
  )

  it('skips line ends before the first delimiter', () => {
    const body = `\r\n\r\n${part('bytes 0-1/9', 'ab')}--b--`
    expect(delivered(response('multipart/byteranges; boundary=b', body))).toMatchObject({
      parts: { length: 1 },
    })
  })

  it.each([
    ['no boundary parameter', 'multipart/byteranges', `${part('bytes 0-1/9', 'ab')}--b--`],
    ['another boundary in the body', 'multipart/byteranges; boundary=c', `${part('bytes 0-1/9', 'ab')}--b--`],
    ['no closing delimiter', 'multipart/byteranges; boundary=b', part('bytes 0-1/9', 'ab')],
    ['a part without Content-Range', 'multipart/byteranges; boundary=b', '--b\r\nx: y\r\n\r\nab\r\n--b--'],
    ['no content', 'multipart/byteranges; boundary=b', ''],
  ])('is broken for a multipart body with %s', (_, type, body) => {
    expect(delivered(response(type, body)).kind).toBe('broken')
  })
})

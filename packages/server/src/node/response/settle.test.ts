import { createHandler, openExchange } from '@rangekit/range-handler'
import { describe, expect, it, vi } from 'vitest'
import { settle } from './settle.ts'

const bytes = new TextEncoder().encode('0123456789')

/** A response to a request whose server offered to send bodies itself. */
async function answer(fields: Record<string, string> = {}, method = 'GET') {
  const close = vi.fn()
  const handler = createHandler({
    open: async () => ({
      completeLength: 10,
      read: ({ firstPos, lastPos }) => bytes.slice(firstPos, lastPos + 1),
      readInto(target, position) {
        const part = bytes.subarray(position, position + target.byteLength)
        target.set(part)
        return part.byteLength
      },
      close,
    }),
  })
  const request = new Request('http://localhost/a', { method, headers: fields })
  const exchange = openExchange(request)
  const response = await handler(request)
  return { response, close, settle: (response: Response) => settle(response, exchange.last) }
}

describe('a planned response', () => {
  it('settles to its body where nobody looked at it', async () => {
    const { response, close, settle } = await answer({ Range: 'bytes=2-4' })
    const settled = settle(response)
    expect(settled).toMatchObject({ status: 206, fields: { 'Content-Range': 'bytes 2-4/10' } })
    expect(settled).toHaveProperty('body')
    expect(close).not.toHaveBeenCalled()
  })

  it('has no body where there is none to send', async () => {
    const { response, settle } = await answer({ 'If-None-Match': '*' })
    expect(response.body).toBeNull()
    expect(await response.clone().text()).toBe('')
    expect(settle(response)).toMatchObject({ status: 304, body: { plan: { segments: [] } } })
  })

  it('keeps the fields that a middleware sets, in canonical spelling', async () => {
    const { response, settle } = await answer()
    response.headers.set('X-own', 'yes')
    expect(settle(response)).toMatchObject({ fields: { 'X-Own': 'yes', 'Content-Length': '10' } })
  })

  it.each([
    ['as it was', { 'Content-Length': '10', 'X-Own': 'yes' }],
    ['lost', { 'X-Own': 'yes' }],
    ['wrong', { 'Content-Length': '3', 'X-Own': 'yes' }],
  ])('settles to its body where a middleware gave it another head, its length %s', async (_, headers) => {
    const { response, settle } = await answer()
    const settled = settle(new Response(response.body, { headers }))
    expect(settled).toMatchObject({ fields: { 'X-Own': 'yes', 'Content-Length': '10' } })
    expect(settled).toHaveProperty('body')
  })

  it.each([
    ['text', (response: Response) => response.text()],
    ['arrayBuffer', async (response: Response) => new TextDecoder().decode(await response.arrayBuffer())],
    ['bytes', async (response: Response) => new TextDecoder().decode(await response.bytes())],
    ['blob', async (response: Response) => (await response.blob()).text()],
    ['clone', (response: Response) => response.clone().text()],
    ['body', (response: Response) => new Response(response.body).text()],
  ])('reads like any response by %s', async (_, read) => {
    const { response, close } = await answer()
    expect(await read(response)).toBe('0123456789')
    if (_ !== 'clone') expect(close).toHaveBeenCalledTimes(1)
  })

  it('reads like any response as JSON', async () => {
    const { response } = await answer({ Range: 'bytes=1-3' })
    expect(response.bodyUsed).toBe(false)
    expect(await response.json()).toBe(123)
    expect(response.bodyUsed).toBe(true)
  })

  it('settles to a stream where somebody reads a copy of it', async () => {
    const { response, close, settle } = await answer()
    const copy = response.clone()
    const settled = settle(response)
    if (!('response' in settled)) throw new Error('It is sent as planned')
    expect(await settled.response.text()).toBe('0123456789')
    expect(settled.fieldsFor(undefined)).toMatchObject({ 'Content-Length': '10' })
    expect(await copy.text()).toBe('0123456789')
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('leaves other responses as they are', () => {
    const response = new Response('hello', { headers: { ETag: '"a"' } })
    const settled = settle(response, undefined)
    expect('response' in settled && settled.fieldsFor(5)).toMatchObject({ ETag: '"a"' })
  })
})

describe('a response that a middleware put in the place of a planned one', () => {
  /** What Hono makes of it: the fields of the one before stay. */
  async function replaced(body: BodyInit | null, status: number, own: Record<string, string> = {}) {
    const { response, settle } = await answer()
    const headers = new Headers(response.headers)
    for (const [name, value] of Object.entries(own)) headers.set(name, value)
    return fieldsOf(settle(new Response(body, { status, headers })), undefined)
  }
  function fieldsOf(settled: ReturnType<typeof settle>, length: number | undefined) {
    return 'response' in settled ? settled.fieldsFor(length) : 'It is sent as planned'
  }

  it('loses every field of what is not sent', async () => {
    const own = { 'Content-Type': 'text/plain;charset=UTF-8', 'X-Content-Type-Options': 'nosniff' }
    expect(await replaced('oops', 500)).toEqual(own)
    expect(await replaced('another', 200)).toEqual(own)
  })

  it('keeps what it sets itself', async () => {
    const own = { 'Content-Length': '4', ETag: '"own"', 'Cache-Control': 'no-store' }
    expect(await replaced('oops', 500, own)).toMatchObject(own)
  })

  it('keeps all of them in the answer to HEAD', async () => {
    const { response, settle } = await answer({}, 'HEAD')
    const fields = fieldsOf(settle(new Response(null, response)), undefined)
    expect(fields).toMatchObject({ 'Content-Length': '10', 'Accept-Ranges': 'bytes' })
  })

  it.each([
    ['has its length, or one that is not known', [10, undefined], { 'Content-Length': '10' }],
    ['has another length', [9], {}],
  ])('keeps them where it is made of the planned body and %s', async (_, lengths, expected) => {
    const { response, settle } = await answer()
    const through = response.body?.pipeThrough(new TransformStream())
    const settled = settle(new Response(through, { headers: response.headers }))
    for (const length of lengths) {
      const { 'Content-Length': found } = Object(fieldsOf(settled, length))
      expect(found).toBe(Object(expected)['Content-Length'])
    }
  })

  it('loses them where its body reads the planned one only when it is asked for bytes', async () => {
    const { response, settle } = await answer()
    let reader: ReadableStreamDefaultReader | undefined
    const lazy = new ReadableStream(
      {
        async pull(controller) {
          reader ??= response.body?.getReader()
          controller.enqueue((await reader?.read())?.value)
        },
      },
      { highWaterMark: 0 },
    )
    const settled = settle(new Response(lazy, { headers: response.headers }))
    if (!('response' in settled)) throw new Error('It is sent as planned')
    await settled.response.body?.getReader().read()
    expect(Object.keys(settled.fieldsFor(undefined))).toEqual(['X-Content-Type-Options'])
  })

  it('loses what is about the bytes where it encodes them', async () => {
    const { response, settle } = await answer()
    const headers = new Headers(response.headers)
    headers.set('Content-Encoding', 'gzip')
    const encoded = response.body?.pipeThrough(new CompressionStream('gzip'))
    const fields = fieldsOf(settle(new Response(encoded, { headers })), undefined)
    expect(Object.keys(fields).sort()).toEqual(['Content-Encoding', 'X-Content-Type-Options'])
  })
})

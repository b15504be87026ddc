import { createHandler, openExchange } from '@rangekit/range-handler'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { describe, expect, it, vi } from 'vitest'
import { type Answer, chooseAnswer } from './choose-answer.ts'

const bytes = new TextEncoder().encode('0123456789')

/** A response to a request on which an exchange was opened, and what is chosen for it. */
async function respond(fields: Record<string, string> = {}, method = 'GET') {
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
  return { response, close, choose: (response: Response) => chooseAnswer(response, exchange.last) }
}

describe('a planned response', () => {
  it('is sent as its deferred body if nobody looked at it', async () => {
    const { response, close, choose } = await respond({ Range: 'bytes=2-4' })
    const answer = choose(response)
    expect(answer).toMatchObject({ status: 206, fields: { 'Content-Range': 'bytes 2-4/10' } })
    expect(answer.kind).toBe('deferred')
    expect(close).not.toHaveBeenCalled()
  })

  it('has no body if there is none to send', async () => {
    const { response, choose } = await respond({ 'If-None-Match': '*' })
    expect(response.body).toBeNull()
    expect(await response.clone().text()).toBe('')
    expect(choose(response)).toMatchObject({ status: 304, body: { plan: { segments: [] } } })
  })

  it('keeps the fields that a middleware sets, in canonical spelling', async () => {
    const { response, choose } = await respond()
    response.headers.set('X-own', 'yes')
    expect(choose(response)).toMatchObject({ fields: { 'X-Own': 'yes', 'Content-Length': '10' } })
  })

  it.each([
    ['unchanged', { 'Content-Length': '10', 'X-Own': 'yes' }],
    ['lost', { 'X-Own': 'yes' }],
    ['wrong', { 'Content-Length': '3', 'X-Own': 'yes' }],
  ])(
    'is sent as its deferred body with the head that a middleware gave it, its length %s',
    async (_, headers) => {
      const { response, choose } = await respond()
      const answer = choose(new Response(response.body, { headers }))
      expect(answer).toMatchObject({ fields: { 'X-Own': 'yes', 'Content-Length': '10' } })
      expect(answer.kind).toBe('deferred')
    },
  )

  it.each(['nothing', 'its own length'])(
    'has no length if it goes on until its writer ends, with %s from a middleware',
    async (what) => {
      const bytes = new GrowingBytes(positionBytes(10), false)
      const request = new Request('http://localhost/a')
      const exchange = openExchange(request)
      const { body } = await createHandler({ open: () => bytes.open() })(request)
      const headers = { 'X-Own': 'yes', ...(what === 'nothing' ? {} : { 'Content-Length': '3' }) }
      const answer = chooseAnswer(new Response(body, { headers }), exchange.last)
      expect(answer).toMatchObject({ kind: 'deferred', fields: { 'X-Own': 'yes' } })
      expect(answer.kind === 'deferred' && Object.keys(answer.fields)).toEqual(['X-Own'])
    },
  )

  it('is sent as a stream if somebody reads a copy of it', async () => {
    const { response, close, choose } = await respond()
    const copy = response.clone()
    const answer = choose(response)
    if (answer.kind !== 'plain') throw new Error('The deferred body is sent')
    expect(await answer.response.text()).toBe('0123456789')
    expect(answer.fieldsFor(undefined)).toMatchObject({ 'Content-Length': '10' })
    expect(await copy.text()).toBe('0123456789')
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('leaves other responses unchanged', () => {
    const response = new Response('hello', { headers: { ETag: '"a"' } })
    const answer = chooseAnswer(response, undefined)
    expect(answer.kind === 'plain' && answer.fieldsFor(5)).toMatchObject({ ETag: '"a"' })
  })
})

describe('a response with which a middleware replaced a planned one', () => {
  /** A replaced response as Hono makes it: the fields of the original stay. */
  async function replaced(body: BodyInit | null, status: number, own: Record<string, string> = {}) {
    const { response, choose } = await respond()
    const headers = new Headers(response.headers)
    for (const [name, value] of Object.entries(own)) headers.set(name, value)
    return fieldsOf(choose(new Response(body, { status, headers })), undefined)
  }
  function fieldsOf(answer: Answer, length: number | undefined) {
    return answer.kind === 'plain' ? answer.fieldsFor(length) : 'The deferred body is sent'
  }

  it('loses every field of the body that is not sent', async () => {
    const own = { 'Content-Type': 'text/plain;charset=UTF-8', 'X-Content-Type-Options': 'nosniff' }
    expect(await replaced('oops', 500)).toEqual(own)
    expect(await replaced('another', 200)).toEqual(own)
  })

  it('keeps the fields that it sets itself', async () => {
    const own = { 'Content-Length': '4', ETag: '"own"', 'Cache-Control': 'no-store' }
    expect(await replaced('oops', 500, own)).toMatchObject(own)
  })

  it('keeps all planned fields in the response to HEAD', async () => {
    const { response, choose } = await respond({}, 'HEAD')
    const fields = fieldsOf(choose(new Response(null, response)), undefined)
    expect(fields).toMatchObject({ 'Content-Length': '10', 'Accept-Ranges': 'bytes' })
  })

  it.each([
    ['keeps', 'has its length, or an unknown one', [10, undefined], { 'Content-Length': '10' }],
    ['loses', 'has another length', [9], {}],
  ])(
    '%s the planned Content-Length if it is made from the planned body and %s',
    async (_verb, _when, lengths, expected) => {
      const { response, choose } = await respond()
      const through = response.body?.pipeThrough(new TransformStream())
      const answer = choose(new Response(through, { headers: response.headers }))
      for (const length of lengths) {
        const { 'Content-Length': found } = Object(fieldsOf(answer, length))
        expect(found).toBe(Object(expected)['Content-Length'])
      }
    },
  )

  it('loses the planned fields if its body begins to read the planned one only when it is sent', async () => {
    const { response, choose } = await respond()
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
    const answer = choose(new Response(lazy, { headers: response.headers }))
    if (answer.kind !== 'plain') throw new Error('The deferred body is sent')
    await answer.response.body?.getReader().read()
    expect(Object.keys(answer.fieldsFor(undefined))).toEqual(['X-Content-Type-Options'])
  })

  it('loses the fields that describe the bytes if it encodes them', async () => {
    const { response, choose } = await respond()
    const headers = new Headers(response.headers)
    headers.set('Content-Encoding', 'gzip')
    const encoded = response.body?.pipeThrough(new CompressionStream('gzip'))
    const fields = fieldsOf(choose(new Response(encoded, { headers })), undefined)
    expect(Object.keys(fields).sort()).toEqual(['Content-Encoding', 'X-Content-Type-Options'])
  })
})

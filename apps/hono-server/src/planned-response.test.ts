import { createHandler, offerResponder } from '@rangekit/range-core'
import { describe, expect, it, vi } from 'vitest'
import { plannedResponse, settle } from './planned-response.ts'

const bytes = new TextEncoder().encode('0123456789')

/** A response to a request whose server offered to send bodies itself. */
async function answer(fields: Record<string, string> = {}) {
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
  const request = new Request('http://localhost/a', { headers: fields })
  offerResponder(request, plannedResponse)
  return { response: await handler(request), close }
}

describe('a planned response', () => {
  it('settles to its body where nobody looked at it', async () => {
    const { response, close } = await answer({ Range: 'bytes=2-4' })
    const settled = settle(response)
    expect(settled).toMatchObject({ status: 206, headers: { 'Content-Range': 'bytes 2-4/10' } })
    expect(settled).not.toBeInstanceOf(Response)
    expect(close).not.toHaveBeenCalled()
  })

  it('has no body where there is none to send', async () => {
    const { response } = await answer({ 'If-None-Match': '*' })
    expect(response.body).toBeNull()
    expect(await response.clone().text()).toBe('')
    expect(settle(response)).toMatchObject({ status: 304, body: { segments: [] } })
  })

  it('keeps the fields that a middleware sets', async () => {
    const { response } = await answer()
    response.headers.set('X-Own', 'yes')
    const { headers } = settle(response)
    expect(headers instanceof Headers && headers.get('x-own')).toBe('yes')
    expect(headers instanceof Headers && headers.get('content-length')).toBe('10')
  })

  it('settles to its body where a middleware gave it another head', async () => {
    const { response } = await answer()
    const changed = new Response(response.body, {
      status: 200,
      headers: { 'Content-Length': '10', 'X-Own': 'yes' },
    })
    const settled = settle(changed)
    expect(settled).not.toBeInstanceOf(Response)
    expect(settled.headers instanceof Headers && settled.headers.get('x-own')).toBe('yes')
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
    const { response, close } = await answer()
    const copy = response.clone()
    const settled = settle(response)
    expect(settled instanceof Response && (await settled.text())).toBe('0123456789')
    expect(await copy.text()).toBe('0123456789')
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('leaves other responses as they are', () => {
    const response = new Response('hello')
    expect(settle(response)).toBe(response)
  })
})

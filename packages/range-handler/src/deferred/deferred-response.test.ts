import { describe, expect, it } from 'vitest'
import { countedRepresentation, deferredBody, range } from '../../test/support/sources.ts'
import { deferredResponse } from './deferred-response.ts'

const data = new TextEncoder().encode('0123456789')

/** A response that carries a range of `data`. */
function defer(firstPos = 0, lastPos = 9) {
  const counted = countedRepresentation(data)
  const { body } = deferredBody([range(firstPos, lastPos)], counted)
  return { response: deferredResponse(body), log: counted.log }
}

describe('a deferred response', () => {
  it.each([
    ['text', (response: Response) => response.text()],
    ['arrayBuffer', async (response: Response) => new TextDecoder().decode(await response.arrayBuffer())],
    ['bytes', async (response: Response) => new TextDecoder().decode(await response.bytes())],
    ['blob', async (response: Response) => (await response.blob()).text()],
    ['clone', (response: Response) => response.clone().text()],
    ['body', (response: Response) => new Response(response.body).text()],
  ])('can be read like any response, by %s', async (_, read) => {
    const { response, log } = defer()
    expect(await read(response)).toBe('0123456789')
    if (_ !== 'clone') expect(log).toEqual(['read 0-9', 'close'])
  })

  it('can be read like any response, as JSON', async () => {
    const { response } = defer(1, 3)
    expect(response.bodyUsed).toBe(false)
    expect(await response.json()).toBe(123)
    expect(response.bodyUsed).toBe(true)
  })

  it('opens no stream until somebody asks for its body', () => {
    const { response, log } = defer()
    expect([response.status, response.ok, response.bodyUsed]).toEqual([200, true, false])
    expect(log).toEqual([])
  })
})

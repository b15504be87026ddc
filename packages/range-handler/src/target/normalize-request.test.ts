import { expect, it } from 'vitest'
import { normalizeRequest } from './normalize-request.ts'

it('returns the same request if its path is in normal form', () => {
  const request = new Request('http://localhost/film.mp4?a=%7e')
  expect(normalizeRequest(request)).toBe(request)
})

it('returns a request of the same kind for another spelling', async () => {
  const request = new Request('http://localhost/%66ilm.mp4?a=%7e', {
    method: 'POST',
    headers: { Range: 'bytes=0-1' },
    body: 'text',
  })
  const normal = normalizeRequest(request)
  expect(normal).toMatchObject({ url: 'http://localhost/film.mp4?a=%7e', method: 'POST' })
  expect(normal?.headers.get('range')).toBe('bytes=0-1')
  expect(await normal?.text()).toBe('text')
})

it('is aborted together with the request', () => {
  const client = new AbortController()
  const normal = normalizeRequest(new Request('http://localhost/%66ilm.mp4', { signal: client.signal }))
  expect(normal?.signal.aborted).toBe(false)
  client.abort()
  expect(normal?.signal.aborted).toBe(true)
})

it('rejects a URL that has no normal form', () => {
  expect(normalizeRequest(new Request('http://localhost/100%.mp4'))).toBeUndefined()
})

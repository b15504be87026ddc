import { SourceBusyError } from '@rangekit/range-core'
import { expect, it } from 'vitest'
import { detailResponse, faultResponse } from './detail-response.ts'

it('has one fixed text as JSON, with its length in bytes', async () => {
  const response = detailResponse('GET', 404, 'No está', { 'X-Reason': 'none' })
  expect(response.status).toBe(404)
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-length': '21',
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    'x-reason': 'none',
  })
  expect(await response.text()).toBe('{"detail":"No está"}')
})

it('gives HEAD the same fields, and no body', async () => {
  const [head, get] = [detailResponse('HEAD', 404, 'x'), detailResponse('GET', 404, 'x')]
  expect([...head.headers]).toEqual([...get.headers])
  expect(head.body).toBeNull()
  expect(await get.text()).toBe('{"detail":"x"}')
})

it.each([
  [new SourceBusyError('secret'), 503, { detail: 'Busy, try again' }, '1'],
  [new Error('secret'), 500, { detail: 'Internal error' }, null],
  ['secret', 500, { detail: 'Internal error' }, null],
  [undefined, 500, { detail: 'Internal error' }, null],
])('answers the fault %o without its cause', async (error, status, body, retryAfter) => {
  const response = faultResponse('GET', error)
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('retry-after')).toBe(retryAfter)
  expect(await response.json()).toEqual(body)
  expect(faultResponse('HEAD', error).body).toBeNull()
})

it('SourceBusyError keeps its message and its cause', () => {
  const error = new SourceBusyError('out of descriptors', { cause: 'EMFILE' })
  expect(error).toBeInstanceOf(Error)
  expect([error.name, error.message, error.cause]).toEqual([
    'SourceBusyError',
    'out of descriptors',
    'EMFILE',
  ])
})

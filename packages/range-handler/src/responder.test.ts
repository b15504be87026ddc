import { expect, it } from 'vitest'
import { offerResponder, responderOf } from './responder.ts'

it('is what the server of this very request offered', () => {
  const request = new Request('http://localhost/')
  const responder = () => new Response()
  expect(responderOf(request)).toBeUndefined()
  offerResponder(request, responder)
  expect(responderOf(request)).toBe(responder)
  expect(responderOf(request.clone())).toBeUndefined()
  expect(responderOf(new Request(request))).toBeUndefined()
})

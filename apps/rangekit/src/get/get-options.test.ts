import { expect, it } from 'vitest'
import { withoutUserInfo } from './get-options.ts'

it('sends a user and a password of the URL as Authorization, unless that was given', () => {
  const url = 'https://us%65r:s%C3%A9cret@media.example/a'
  expect(withoutUserInfo(url, {})).toEqual({
    url: 'https://media.example/a',
    headers: { authorization: `Basic ${Buffer.from('user:sécret').toString('base64')}` },
  })
  const headers = { AUTHORIZATION: 'Bearer abc' }
  expect(withoutUserInfo(url, headers)).toEqual({ url: 'https://media.example/a', headers })
})

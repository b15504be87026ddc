import { describe, expect, it } from 'vitest'
import { credentialsProblem, readBasic, splitCredentials } from './credentials.ts'

const basic = (text: string | Uint8Array) => `Basic ${Buffer.from(text).toString('base64')}`

describe('Basic credentials', () => {
  it.each([
    ['Aladdin:open sesame', { user: 'Aladdin', password: 'open sesame' }],
    ['a:b:c::', { user: 'a', password: 'b:c::' }],
    ['josé:señas£', { user: 'josé', password: 'señas£' }],
    ['jose\u0301:n\u0303', { user: 'josé', password: 'ñ' }],
    [`a:${'x'.repeat(72)}`, { user: 'a', password: 'x'.repeat(72) }],
  ])('%j are read as UTF-8', (text, expected) => {
    expect(readBasic(basic(text))).toEqual(expected)
  })

  it('have a scheme without case, and need no padding', () => {
    expect(readBasic('bAsIc  YTpi')).toEqual({ user: 'a', password: 'b' })
    expect(readBasic('Basic YTpiYw')).toEqual({ user: 'a', password: 'bc' })
  })

  it.each([
    ['nothing', ''],
    ['no token', 'Basic '],
    ['another scheme', 'Bearer YTpi'],
    ['no colon', basic('ab')],
    ['no user', basic(':b')],
    ['no password', basic('a:')],
    ['a line break', basic('a:b\nc')],
    ['a zero byte', basic('a:b\0')],
    ['Latin-1', basic(Uint8Array.of(0x61, 0x3a, 0xe9))],
    ['73 bytes of password', basic(`a:${'x'.repeat(73)}`)],
    ['73 bytes in fewer characters', basic(`a:${'é'.repeat(36)}x`)],
    ['256 characters of user', basic(`${'u'.repeat(256)}:b`)],
    ['two tokens', 'Basic YTpi YTpi'],
  ])('with %s are those of no account', (_, authorization) => {
    expect(readBasic(authorization)).toBeUndefined()
  })

  it.each([
    ['alice', 'the password is empty'],
    ['alice:', 'the password is empty'],
    [':secret', 'the user name is empty'],
    [`alice:${'x'.repeat(73)}`, 'a password has at most 72 bytes'],
    ['alice:a\tb', 'a password has no control characters'],
    ['a\nb:c', 'a user name has at most 255 characters, no colon and no control characters'],
  ])('%j cannot be those of an account: %s', (text, problem) => {
    expect(credentialsProblem(splitCredentials(text))).toBe(problem)
  })
})

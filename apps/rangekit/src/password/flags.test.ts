import { describe, expect, it } from 'vitest'
import { passwordProblem } from './flags.ts'

const LOOPBACK = { host: '127.0.0.1', isTls: false }
const LAN = { host: '192.168.1.5', isTls: false }

describe('options of passwords', () => {
  it.each([
    [{ auth: ['alice'] }, '--auth expects USER:PASSWORD, or RANGEKIT_AUTH does: the password is empty'],
    [{ auth: [''] }, '--auth expects USER:PASSWORD, or RANGEKIT_AUTH does: the user name is empty'],
    [
      { auth: ['a:b', `c:${'x'.repeat(73)}`] },
      '--auth expects USER:PASSWORD, or RANGEKIT_AUTH does: a password has at most 72 bytes',
    ],
    [{ auth: ['alice:1', 'alice:2'] }, '--auth has two passwords for alice'],
    [{ insecure: true }, '--insecure needs --auth or --auth-file'],
    [{ linkLifetime: 60 }, '--link-lifetime needs --auth or --auth-file'],
  ])('%j are refused: %s', (flags, problem) => {
    expect(passwordProblem(flags, LOOPBACK)).toBe(problem)
  })

  it('are accepted where nobody else can listen', () => {
    for (const flags of [{ auth: ['alice:1', 'bob:1:2'] }, { authFile: 'users' }, {}]) {
      expect(passwordProblem(flags, LOOPBACK)).toBeUndefined()
      expect(passwordProblem(flags, { ...LAN, isTls: true })).toBeUndefined()
    }
    expect(passwordProblem({}, LAN)).toBeUndefined()
  })

  it.each(['0.0.0.0', '::', '192.168.1.5', 'media.example', '2001:db8::1'])(
    'are refused over plain http on %s, but with --insecure',
    (host) => {
      for (const flags of [{ auth: ['alice:1'] }, { authFile: 'users' }]) {
        const listening = { host, isTls: false }
        expect(passwordProblem(flags, listening)).toBe(
          `others can read a password that is sent to ${host} over plain http: add --tls self or --tls-cert and --tls-key, listen on 127.0.0.1 behind a proxy with TLS, or add --insecure`,
        )
        expect(passwordProblem({ ...flags, insecure: true }, listening)).toBeUndefined()
      }
    },
  )
})

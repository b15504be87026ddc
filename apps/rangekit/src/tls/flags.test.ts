import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addTlsFlags, tlsProblem } from './flags.ts'

const PAIR = { tlsCert: 'cert.pem', tlsKey: 'key.pem' }

describe('options of TLS', () => {
  it.each([
    [{ tlsCert: 'cert.pem' }, '--tls-cert needs --tls-key'],
    [{ tlsKey: 'key.pem' }, '--tls-key needs --tls-cert'],
    [{ ...PAIR, tls: 'self' }, '--tls self takes neither --tls-cert nor --tls-key'],
    [{ tls: 'self', tlsKey: 'key.pem' }, '--tls self takes neither --tls-cert nor --tls-key'],
    [{ redirectPort: 8080 }, '--redirect-port needs --tls self or --tls-cert and --tls-key'],
    [{ ...PAIR, redirectPort: 8001 }, '--redirect-port and --port must be different ports'],
    [{ ...PAIR, redirectTo: 443 }, '--redirect-to needs --redirect-port'],
  ] as const)('%j are refused: %s', (flags, problem) => {
    expect(tlsProblem(flags, 8001)).toBe(problem)
  })

  it.each([
    {},
    PAIR,
    { tls: 'self' },
    { ...PAIR, redirectPort: 8080 },
    { tls: 'self', redirectPort: 0 },
    { tls: 'self', redirectPort: 8080, redirectTo: 443 },
  ] as const)('%j are accepted', (flags) => {
    expect(tlsProblem(flags, 0)).toBeUndefined()
  })

  it.each([
    ['--tls', 'other', /Allowed choices are self/],
    ['--redirect-port', '70000', /Expected a port from 0 to 65535/],
    ['--redirect-port', 'a', /Expected a port from 0 to 65535/],
    ['--redirect-to', '0', /Expected a port from 1 to 65535/],
    ['--redirect-to', 'https://a', /Expected a port from 0 to 65535/],
  ])('%s %s is refused', (flag, value, message) => {
    const command = addTlsFlags(new Command())
      .exitOverride()
      .configureOutput({ writeErr() {} })
    expect(() => command.parse([flag, value], { from: 'user' })).toThrow(message)
  })
})

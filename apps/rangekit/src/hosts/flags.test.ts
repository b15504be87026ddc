import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addHostFlags, hostCheck } from './flags.ts'

const parse = (...args: string[]) =>
  addHostFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
    .parse(args, { from: 'user' })
    .opts()

const LOOPBACK = { host: '127.0.0.1', isGuarded: false }

describe('--allow-host', () => {
  it('takes names, endings and *', () => {
    expect(parse('--allow-host', 'media.example', '--allow-host', '.a.example', '--allow-host', '*')).toEqual(
      {
        allowHost: ['media.example', '.a.example', '*'],
      },
    )
  })

  it.each([
    '',
    '.',
    'media.example:80',
    'http://media.example',
    'media.example/a',
    'a b',
    '*.example',
    'a@b',
  ])('refuses %j', (name) => {
    expect(() => parse('--allow-host', name)).toThrow('Expected a host such as media.example, without a port')
  })
})

describe('the check of the host', () => {
  it('is made on a loopback address without a password', () => {
    expect(hostCheck({}, LOOPBACK)?.('attacker.dev')).toBe(false)
    expect(hostCheck({}, LOOPBACK)?.('localhost')).toBe(true)
  })

  it.each([
    [{ isGuarded: true }, {}],
    [{}, { trustProxy: () => true }],
    [{ host: '0.0.0.0' }, {}],
    [{ host: '192.168.1.5' }, {}],
  ])('is not made with %j and %j, unless names are given', (other, flags) => {
    const reach = { ...LOOPBACK, ...other }
    expect(hostCheck(flags, reach)).toBeUndefined()
    expect(hostCheck({ ...flags, allowHost: ['a.example'] }, reach)?.('b.dev')).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { clientAddress } from './client-address.ts'
import { trustProxy } from './trusted-proxies.ts'

type Fields = Readonly<Record<string, string>>

const PROXY = { address: '10.0.0.1', isSecure: false }

function seen(trust: string | undefined, fields: Fields, client = PROXY) {
  return clientAddress(client, (name) => fields[name], trust === undefined ? undefined : trustProxy(trust))
}

describe('the address of a client', () => {
  it.each<[string, string | undefined, Fields, string]>([
    ['nothing is trusted by default', undefined, { 'x-forwarded-for': '192.0.2.7' }, '10.0.0.1'],
    ['who is not trusted', 'loopback', { 'x-forwarded-for': '192.0.2.7' }, '10.0.0.1'],
    ['a trusted proxy', '10.0.0.1', { 'x-forwarded-for': '192.0.2.7' }, '192.0.2.7'],
    ['a trusted network', 'loopback, 10.0.0.0/8', { 'x-forwarded-for': '192.0.2.7' }, '192.0.2.7'],
    ['a network by its name', 'private', { 'x-forwarded-for': '192.0.2.7' }, '192.0.2.7'],
    ['a proxy that says nothing', 'private', {}, '10.0.0.1'],
    ['what a client invents', 'private', { 'x-forwarded-for': '127.0.0.1, 192.0.2.7' }, '192.0.2.7'],
    ['two trusted proxies', 'private', { 'x-forwarded-for': '1.1.1.1, 192.0.2.7, 10.9.9.9' }, '192.0.2.7'],
    ['only trusted proxies', 'private', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, '10.0.0.3'],
    ['one hop', '1', { 'x-forwarded-for': '1.1.1.1, 192.0.2.7' }, '192.0.2.7'],
    ['two hops', '2', { 'x-forwarded-for': '1.1.1.1, 192.0.2.7, 10.9.9.9' }, '192.0.2.7'],
    ['more hops than there are', '9', { 'x-forwarded-for': '192.0.2.7' }, '192.0.2.7'],
    ['an address with a port', '1', { 'x-forwarded-for': '192.0.2.7:4711' }, '192.0.2.7'],
    ['IPv6', '1', { 'x-forwarded-for': '2001:DB8::1' }, '2001:db8::1'],
    ['IPv6 with a port', '1', { 'x-forwarded-for': '[2001:db8::1]:4711' }, '2001:db8::1'],
    ['IPv4 within IPv6', '1', { 'x-forwarded-for': '::ffff:192.0.2.7' }, '192.0.2.7'],
    ['what is not an address', '1', { 'x-forwarded-for': '192.0.2.7\u001b[31m' }, '10.0.0.1'],
    ['an unknown client', '2', { 'x-forwarded-for': '1.1.1.1, unknown' }, '10.0.0.1'],
    ['Forwarded', '1', { forwarded: 'for=192.0.2.7;proto=https;by=10.0.0.1' }, '192.0.2.7'],
    [
      'Forwarded with several',
      'private',
      { forwarded: 'for=1.1.1.1, For=192.0.2.7 , for=10.0.0.9' },
      '192.0.2.7',
    ],
    ['Forwarded with IPv6', '1', { forwarded: 'for="[2001:db8::1]:4711"' }, '2001:db8::1'],
    ['a separator in quotes', '1', { forwarded: 'for=192.0.2.7;ext="a,for=1.1.1.1;\\"b"' }, '192.0.2.7'],
    ['a hidden client', '1', { forwarded: 'for=_secret' }, '10.0.0.1'],
    ['malformed Forwarded', '1', { forwarded: 'for="192.0.2.7' }, '10.0.0.1'],
    [
      'Forwarded where X-Forwarded-For is also there',
      '1',
      { forwarded: 'for=1.1.1.1', 'x-forwarded-for': '192.0.2.7' },
      '192.0.2.7',
    ],
  ])('%s', (_, trust, fields, address) => {
    expect(seen(trust, fields).address).toBe(address)
  })

  it('is found where the proxy itself is an IPv4 address within an IPv6 one', () => {
    const client = { address: '::ffff:10.0.0.1', isSecure: false }
    expect(seen('10.0.0.1', { 'x-forwarded-for': '192.0.2.7' }, client).address).toBe('192.0.2.7')
  })

  it('takes no long time for long fields', () => {
    const fields = { forwarded: `for="${'\\"'.repeat(8000)}`, 'x-forwarded-for': ' ,'.repeat(8000) }
    const start = performance.now()
    seen('1', fields)
    seen('1', { forwarded: fields.forwarded })
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

describe('whether a client uses TLS', () => {
  const TLS = { address: '10.0.0.1', isSecure: true }
  it.each<[string, Fields, boolean]>([
    ['is what the proxy says', { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'HTTPS' }, true],
    [
      'is what the last proxy says',
      { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-proto': 'https, http' },
      false,
    ],
    ['is said without an address, too', { 'x-forwarded-proto': 'https' }, true],
    ['is what Forwarded says', { forwarded: 'for=192.0.2.7;proto=https' }, true],
    ['is said of a hidden client, too', { forwarded: 'for=_secret;proto=https' }, true],
    [
      'is not what a client says of others',
      { forwarded: 'for=9.9.9.9;proto=https,for=192.0.2.7;proto=http' },
      false,
    ],
  ])('%s', (_, fields, isSecure) => {
    expect(seen('1', fields).isSecure).toBe(isSecure)
  })

  it('is that of the connection if the proxy does not say, or is not trusted', () => {
    expect(seen('1', { 'x-forwarded-for': '192.0.2.7' }, TLS).isSecure).toBe(true)
    expect(seen('loopback', { 'x-forwarded-proto': 'http' }, TLS).isSecure).toBe(true)
  })
})

describe('--trust-proxy', () => {
  it.each([
    '',
    '0',
    '10',
    '-1',
    '1.5',
    'localhost',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    'fe80::1%eth0',
    '10.0.0.1,,',
    'a b',
  ])('rejects %o', (text) => {
    expect(() => trustProxy(text)).toThrow('Expected loopback, private, addresses or networks')
  })

  it('trusts IPv6 networks', () => {
    const trusts = trustProxy('2001:db8::/32,::1')
    expect(['2001:db8:1::5', '::1', '2001:db9::', '127.0.0.1'].map((address) => trusts(address, 0))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})

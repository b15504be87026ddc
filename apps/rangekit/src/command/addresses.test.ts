import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { isLoopback, type Networks, reachableHosts } from './addresses.ts'

function v4(address: string, internal = false): NetworkInterfaceInfo {
  return { address, internal, family: 'IPv4', netmask: '255.0.0.0', mac: '', cidr: null }
}

function v6(address: string, internal = false): NetworkInterfaceInfo {
  return { address, internal, family: 'IPv6', netmask: '', mac: '', cidr: null, scopeid: 0 }
}

const networks: Networks = {
  wlan0: [v6('fe80::1'), v6('2001:db8::7'), v4('192.168.1.5')],
  lo: [v6('::1', true), v4('127.0.0.1', true)],
  none: undefined,
}

describe('the hosts by which clients reach a server', () => {
  it.each([
    ['127.0.0.1', ['127.0.0.1']],
    ['media.example', ['media.example']],
    ['::1', ['[::1]']],
    ['0.0.0.0', ['127.0.0.1', '192.168.1.5']],
    ['::', ['127.0.0.1', '[::1]', '192.168.1.5', '[2001:db8::7]']],
    ['0:0:0:0:0:0:0:0', ['127.0.0.1', '[::1]', '192.168.1.5', '[2001:db8::7]']],
  ])('for %s are %j', (host, expected) => {
    expect(reachableHosts(host, networks)).toEqual(expected)
  })
})

describe('an address to listen on', () => {
  it.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('%s is loopback', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each(['0.0.0.0', '::', '192.168.1.5', '127.example', 'media.example', '::ffff:192.168.1.5'])(
    '%s is not loopback',
    (host) => {
      expect(isLoopback(host)).toBe(false)
    },
  )
})

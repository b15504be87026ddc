import { expect, it } from 'vitest'
import { addressGroup } from './address-group.ts'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:1:0002::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80::1'],
  ['FE80::2', 'fe80::2'],
  ['', ''],
])('%s counts as %s', (address, expected) => {
  expect(addressGroup(address)).toBe(expected)
})

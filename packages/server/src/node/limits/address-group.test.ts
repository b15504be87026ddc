import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addressGroup } from './address-group.ts'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['2001:0DB8:0000:0002::', '2001:db8:0:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['fe80::2%eth0', 'fe80::2%eth0'],
  ['', ''],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group)
})

it('is the same for addresses that begin with the same 64 bits, however they are written', () => {
  fc.assert(
    fc.property(
      fc.ipV6().filter((address) => !/^fe[89ab]|\./i.test(address)),
      (address) => {
        const { hostname } = new URL(`http://[${address}]/`)
        expect(addressGroup(hostname.slice(1, -1))).toBe(addressGroup(address))
      },
    ),
  )
})

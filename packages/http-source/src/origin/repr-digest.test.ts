import { expect, it } from 'vitest'
import { parseReprDigest } from './repr-digest.ts'

it.each([
  ['sha-256=:AAAA:', { 'sha-256': 'AAAA' }],
  ['md5=:CCCC:, sha-512=:BB+/BB==:,\tsha-256=:AAAA:', { 'sha-512': 'BB+/BB==', 'sha-256': 'AAAA' }],
  // The last of equal keys counts (8941 §4.2.2).
  ['sha-256=:AAAA:, sha-256=:BBBB:', { 'sha-256': 'BBBB' }],
  ['sha-256="AAAA", sha-512=:A A:, SHA-256=:AAAA:, x-sha-256=:AAAA:', {}],
  ['', {}],
  [null, {}],
  [undefined, {}],
])('reads %j', (field, digests) => {
  expect(parseReprDigest(field)).toEqual(digests)
})

import { describe, expect, it } from 'vitest'
import { reprDigestField } from './repr-digest.ts'

const digests = { 'sha-256': 'AAAA', 'sha-512': 'BBBB' }

describe('reprDigestField', () => {
  it.each([
    ['sha-256=1', 'sha-256=:AAAA:'],
    ['sha-256=10', 'sha-256=:AAAA:'],
    ['sha-512=5', 'sha-512=:BBBB:'],
    ['sha-256=3, sha-512=10', 'sha-512=:BBBB:'],
    ['sha-256=10,sha-512=3', 'sha-256=:AAAA:'],
    ['sha-256=9, sha-512=10', 'sha-512=:BBBB:'],
    ['sha-512=5, sha-256=5', 'sha-512=:BBBB:'],
    ['sha-256=5, sha-512=5', 'sha-256=:AAAA:'],
    ['  sha-256=1  ', 'sha-256=:AAAA:'],
    ['sha-256=1 \t,\t sha-512=2', 'sha-512=:BBBB:'],
    ['md5=10, sha-256=1', 'sha-256=:AAAA:'],
    ['*=10, sha-256=1', 'sha-256=:AAAA:'],
    ['a_b.c-d*0=10, sha-256=1', 'sha-256=:AAAA:'],
    ['sha-512=0, sha-256=1', 'sha-256=:AAAA:'],
  ])('answers %j with the most preferred digest of those known', (wanted, field) => {
    expect(reprDigestField(wanted, digests)).toBe(field)
  })

  it.each(['sha-256=0', 'md5=10', 'sha-256=0, md5=3', 'toString=3', 'constructor=3', '__proto__=3'])(
    'answers %j with nothing, since no acceptable digest is known',
    (wanted) => {
      expect(reprDigestField(wanted, digests)).toBeUndefined()
    },
  )

  it.each([
    ['sha-256=5, sha-256=0', undefined],
    ['sha-256=0, sha-256=5', 'sha-256=:AAAA:'],
    ['sha-256=9, sha-512=5, sha-256=1', 'sha-512=:BBBB:'],
  ])('uses the last of equal keys, as dictionaries do: %j', (wanted, field) => {
    expect(reprDigestField(wanted, digests)).toBe(field)
  })

  it.each([
    '',
    ',',
    'sha-256=1,',
    ',sha-256=1',
    'sha-256=1,,sha-512=1',
    'sha-256',
    'sha-256=',
    'sha-256=a',
    'sha-256=-1',
    'sha-256=1.5',
    'sha-256=11',
    'sha-256=100',
    'sha-256 =1',
    'sha-256= 1',
    'SHA-256=1',
    '1sha=1',
    'x sha-256=1',
    'sha-256=1 x',
    'sha-256=1;sha-512=1',
    'sha-256=1, md5=11',
    'md5=11, sha-256=1',
    '"sha-256"=1',
    'sha-256=:AAAA:',
  ])('ignores what is not a dictionary of preferences: %j', (wanted) => {
    expect(reprDigestField(wanted, digests)).toBeUndefined()
  })

  it('answers with nothing if nothing is wanted or known', () => {
    expect(reprDigestField(undefined, digests)).toBeUndefined()
    expect(reprDigestField(null, digests)).toBeUndefined()
    expect(reprDigestField('sha-256=1', undefined)).toBeUndefined()
    expect(reprDigestField('sha-256=1', {})).toBeUndefined()
  })
})

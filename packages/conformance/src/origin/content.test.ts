import { describe, expect, it } from 'vitest'
import { bytesAt, checkBytes } from './content.ts'

describe('bytesAt', () => {
  it('writes version and index in every word', () => {
    expect([...bytesAt(3, 80, 87)]).toEqual([0, 0, 0, 3, 0, 0, 0, 10])
  })

  it('begins and ends within words', () => {
    const whole = bytesAt(258, 0, 63)
    for (let first = 0; first < 24; first++) {
      for (let last = first; last < 40; last++) {
        expect(bytesAt(258, first, last)).toEqual(whole.slice(first, last + 1))
      }
    }
  })
})

describe('checkBytes', () => {
  it('tells the version of any sixteen bytes', () => {
    for (let first = 0; first < 20; first++) {
      const check = checkBytes(bytesAt(300, first, first + 15), first)
      expect(check).toEqual({ versions: [300], wrongAt: undefined })
    }
  })

  it('accepts every cut of a version below 256', () => {
    for (let first = 0; first < 20; first++) {
      for (let last = first; last < first + 30; last++) {
        const { versions, wrongAt } = checkBytes(bytesAt(7, first, last), first)
        expect([versions.filter((version) => version !== 7), wrongAt]).toEqual([[], undefined])
      }
    }
  })

  it('leaves the version open where its byte is missing', () => {
    expect(checkBytes(bytesAt(3, 84, 87), 84)).toEqual({ versions: [], wrongAt: undefined })
  })

  it('tells two versions apart', () => {
    const torn = Buffer.concat([bytesAt(1, 0, 99), bytesAt(2, 100, 199)])
    expect(checkBytes(torn, 0)).toEqual({ versions: [1, 2], wrongAt: undefined })
  })

  it('finds bytes of another position, however few', () => {
    for (let shift = 1; shift < 20; shift++) {
      for (let first = 1000; first < 1008; first++) {
        expect(checkBytes(bytesAt(1, first + shift, first + shift + 7), first).wrongAt).toBeDefined()
      }
    }
  })

  it('finds a damaged byte and says where', () => {
    const bytes = bytesAt(1, 1000, 1099)
    bytes[46] = 255
    expect(checkBytes(bytes, 1000)).toEqual({ versions: [1], wrongAt: 1046 })
  })
})

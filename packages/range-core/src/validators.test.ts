import { describe, expect, it } from 'vitest'
import { isStrongDate } from './validators.ts'

const NOW = Date.UTC(2026, 5, 15, 12)

describe('isStrongDate', () => {
  it.each([
    [1000, true],
    [1001, true],
    [999, false],
    [0, false],
    [-1000, false],
  ])('for a date %i ms ago is %s', (age, strong) => {
    expect(isStrongDate(new Date(NOW - age), NOW)).toBe(strong)
  })

  it('without a date is false', () => {
    expect(isStrongDate(undefined, NOW)).toBe(false)
  })
})

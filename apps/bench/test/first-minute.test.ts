import { beforeAll, describe, expect, it } from 'vitest'
import { type FirstMinute, measureFirstMinute } from '../src/first-minute/measure.ts'

describe('npm start in a fresh clone', () => {
  let measured: FirstMinute
  beforeAll(async () => {
    measured = await measureFirstMinute({ cached: true })
  }, 180_000)

  it('installs at most 15 packages and 20 MB', () => {
    expect(measured.packages).toBeGreaterThan(0)
    expect(measured.packages).toBeLessThanOrEqual(15)
    expect(measured.bytes).toBeLessThanOrEqual(20e6)
  })

  it('prints its ready line alone, the second time too', () => {
    for (const { stdout, stderr } of [measured.first, measured.second]) {
      expect(stdout).toMatch(/^Rangekit is serving apps\/rangekit\/samples at http:\/\/127\.0\.0\.1:\d+\/\n$/)
      expect(stderr).toBe('')
    }
  })

  it('serves pages and samples', () => {
    for (const { page, sample } of [measured.first, measured.second]) {
      expect(page.status).toBe(200)
      expect(page.type).toMatch(/^text\/html\b/)
      expect(sample.status).toBe(206)
    }
  })

  it('installs nothing the second time', () => {
    expect(measured.second.installed).toEqual(measured.first.installed)
  })
})

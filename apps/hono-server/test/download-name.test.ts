import { blobSource } from '@rangekit/range-handler'
import { anyName, nameIn } from '@rangekit/test-kit/any-name'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createApp } from '../src/index.ts'

describe('the file name in Content-Disposition', () => {
  const app = createApp({ source: blobSource(() => ({ data: new Uint8Array(3), contentType: 'video/mp4' })) })

  it('is that of the file for any name', async () => {
    const property = fc.asyncProperty(anyName, async (name) => {
      const response = await app.request(`/api/stream/a/${encodeURIComponent(name)}?download`)
      const value = response.headers.get('content-disposition') ?? ''
      expect(response.status).toBe(200)
      expect(value).toMatch(/^attachment; filename[\x20-\x7e]+$/)
      expect(nameIn(value)).toBe(name)
    })
    await fc.assert(property, { numRuns: 2000 })
  })

  it('is absent, and the response a 404, when it would contain a line break', async () => {
    const breaks = ['\n', '\r', '\r\nSet-Cookie: a=b', '\u0000', '\u007f', '\u0085']
    const property = fc.asyncProperty(anyName, fc.constantFrom(...breaks), anyName, async (a, middle, b) => {
      const name = encodeURIComponent(a + middle + b)
      const response = await app.request(`/api/stream/${name}?download`)
      expect([response.status, response.headers.get('content-disposition')]).toEqual([404, null])
    })
    await fc.assert(property, { numRuns: 300 })
  })
})

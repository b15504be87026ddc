import { anyName, nameIn } from '@rangekit/test-kit/any-name'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field } from '@rangekit/test-kit/raw'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startServer } from '../support/server.ts'

describe('the file name in Content-Disposition, over the wire', () => {
  const folder = sharedFolder()
  const server = sharedServer(() => startServer(folder.path))

  it('is one line, and names the file', async () => {
    for (const name of fc.sample(anyName, { numRuns: 200, seed: 7 })) {
      folder.put(name, name)
      const response = await exchange(server.port, `GET /api/stream/${encodeURIComponent(name)}?download`)
      expect([response.status, response.body.toString()]).toEqual([200, name])
      expect(nameIn(field(response, 'content-disposition') ?? '')).toBe(name)
      const lines = response.head.split('\r\n').slice(1)
      expect(lines.length).toBe(response.headers.length)
      expect(response.head).toMatch(/^[\t\r\n\x20-\x7e]+$/)
      folder.put(name, '')
    }
  })

  it('is absent for a file whose name contains a line break, which is a 404', async () => {
    folder.put('line\nbreak.mp4', 'x')
    for (const name of ['line%0Abreak.mp4', 'line%0abreak.mp4?download']) {
      expect((await exchange(server.port, `GET /api/stream/${name}`)).status).toBe(404)
    }
  })
})

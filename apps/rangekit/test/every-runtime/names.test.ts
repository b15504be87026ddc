import { anyName, nameIn } from '@rangekit/test-kit/any-name'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { exchange, field } from '@rangekit/test-kit/raw'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

describe('the name that a file is offered for saving by, over the wire', () => {
  let folder: TestFolder
  let server: TestServer
  beforeAll(async () => {
    folder = makeFolder()
    server = await startServer(folder.path)
  })
  afterAll(async () => {
    await server.stop()
    folder.remove()
  })

  it('is one line, and the file is found by it', async () => {
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

  it('a file whose name could end a line is not there', async () => {
    folder.put('line\nbreak.mp4', 'x')
    for (const name of ['line%0Abreak.mp4', 'line%0abreak.mp4?download']) {
      expect((await exchange(server.port, `GET /api/stream/${name}`)).status).toBe(404)
    }
  })
})

import { fileSource } from '@rangekit/node-fs-source'
import { blobSource } from '@rangekit/range-core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../src/index.ts'
import { makeFolder, type TestFolder } from './support/folder.ts'
import { exchange, field } from './support/raw.ts'
import { startServer, type TestServer } from './support/server.ts'

const FUNNY = [
  '"',
  "'",
  '\\"',
  '<b>',
  '</script>',
  '&amp;',
  '\u202e',
  '\u200f',
  '\u2066',
  ';',
  '=',
  '%22',
  '%',
  '*',
  '\u00ff',
  '😀',
  'é',
  ' ',
  '',
]

/** Names of files as people and attackers choose them; without what a path cannot hold. */
const anyName = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc
      .array(fc.oneof(fc.constantFrom(...FUNNY), fc.string({ maxLength: 5 })), {
        minLength: 1,
        maxLength: 12,
      })
      .map((parts) => parts.join('')),
  )
  .map((name) => name.replaceAll(/[/\\\p{Cc}]/gu, '_'))
  .filter((name) => name !== '' && !name.startsWith('.') && Buffer.byteLength(name) <= 255)

/** What a client makes of the field (RFC 6266 §4.3): `filename*` where there is one, else `filename`. */
function nameIn(value: string): string | undefined {
  const extended = /; filename\*=UTF-8''([^;\s]+)$/.exec(value)?.[1]
  if (extended !== undefined) return decodeURIComponent(extended)
  const quoted = /^attachment; filename="((?:[^"\\]|\\.)*)"$/.exec(value)?.[1]
  return (
    quoted?.replaceAll(/\\(.)/g, '$1') ?? /^attachment; filename=([!#$%&'*+\-.^_`|~\w]+)$/.exec(value)?.[1]
  )
}

describe('the name that a file is offered for saving by', () => {
  const app = createApp({ source: blobSource(() => ({ data: new Uint8Array(3), contentType: 'video/mp4' })) })

  it('is the file’s own, whatever is in it', async () => {
    const property = fc.asyncProperty(anyName, async (name) => {
      const response = await app.request(`/api/stream/a/${encodeURIComponent(name)}?download`)
      const value = response.headers.get('content-disposition') ?? ''
      expect(response.status).toBe(200)
      expect(value).toMatch(/^attachment; filename[\x20-\x7e]+$/)
      expect(nameIn(value)).toBe(name)
    })
    await fc.assert(property, { numRuns: 2000 })
  }, 30_000)

  it('is none where a line could end in it', async () => {
    const breaks = ['\n', '\r', '\r\nSet-Cookie: a=b', '\u0000', '\u007f', '\u0085']
    const property = fc.asyncProperty(anyName, fc.constantFrom(...breaks), anyName, async (a, middle, b) => {
      const name = encodeURIComponent(a + middle + b)
      const response = await app.request(`/api/stream/${name}?download`)
      expect([response.status, response.headers.get('content-disposition')]).toEqual([404, null])
    })
    await fc.assert(property, { numRuns: 300 })
  })
})

describe('over the wire', () => {
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

  it('it is one line, and the file is found by it', async () => {
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
  }, 30_000)

  it('a file whose name could end a line is not there, and neither is it for the app', async () => {
    folder.put('line\nbreak.mp4', 'x')
    const app = createApp({ source: fileSource(folder.path) })
    for (const name of ['line%0Abreak.mp4', 'line%0abreak.mp4?download']) {
      expect((await exchange(server.port, `GET /api/stream/${name}`)).status).toBe(404)
      expect((await app.request(`/api/stream/${name}`)).status).toBe(404)
    }
  })
})

import { inspect } from 'node:util'
import type { RangeSource } from '@rangekit/range-core'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { fetchRemote, openRemote } from '../src/index.ts'
import { serve, startOrigin } from './support/origin-server.ts'

const BYTES = positionBytes(100_000)
const FIELDS = {
  etag: '"one"',
  'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
  'content-type': 'video/mp4',
  'content-disposition': 'attachment; filename="film.mp4"',
  'repr-digest': 'sha-256=:AAAA:',
}

const server = await startOrigin()
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.seen.length = 0
  server.answer = (request, response) => serve({ bytes: BYTES, fields: FIELDS }, request, response)
})
const open = (options?: Parameters<typeof openRemote>[1]) =>
  openRemote(`${server.url}/films/film.mp4?t=1`, options)

it('describes a file with one request, and reads ranges of that version', async () => {
  const file = await open()
  expect(file).toMatchObject({
    url: `${server.url}/films/film.mp4?t=1`,
    size: 100_000,
    type: 'video/mp4',
    etag: '"one"',
    lastModified: new Date('1994-11-06T08:49:37Z'),
    digests: { 'sha-256': 'AAAA' },
    fields: { 'Content-Disposition': 'attachment; filename="film.mp4"' },
  })
  expect(await file.slice(-10).bytes()).toEqual(BYTES.slice(-10))
  expect(server.seen).toMatchObject([
    { method: 'HEAD' },
    { method: 'GET', fields: { range: 'bytes=99990-99999', 'if-match': '"one"' } },
  ])
})

it('rejects what is not there', async () => {
  server.answer = (_, response) => void response.writeHead(404).end()
  await expect(open()).rejects.toMatchObject({
    name: 'OriginError',
    fault: 'missing',
    message: `There is no file at ${server.url}/films/film.mp4`,
  })
})

it('rejects a read once the server has another version', async () => {
  const file = await open()
  await file.slice(0, 10).bytes()
  server.answer = (request, response) =>
    serve({ bytes: BYTES, fields: { ...FIELDS, etag: '"two"' } }, request, response)
  await expect(file.slice(0, 10).bytes()).rejects.toMatchObject({ name: 'OriginError', fault: 'changed' })
  await expect(file.ranges([{ start: 0, end: 1 }])).rejects.toMatchObject({ fault: 'changed' })
})

it('goes on from where a connection broke', async () => {
  server.answer = (request, response, count) => {
    if (count !== 1) return serve({ bytes: BYTES, fields: FIELDS }, request, response)
    response.writeHead(206, { ...FIELDS, 'content-length': 100_000, 'content-range': 'bytes 0-99999/100000' })
    response.write(BYTES.subarray(0, 5000), () => response.destroy())
  }
  expect(await (await open()).bytes()).toEqual(BYTES)
  expect(server.seen.length).toBeGreaterThan(2)
})

it('reads through a source that is put in between, which has one key', async () => {
  const keys: string[] = []
  const through = (source: RangeSource): RangeSource => ({
    async open(key, options) {
      keys.push(key)
      expect(await source.open('another', options)).toBeUndefined()
      return source.open(key, options)
    },
  })
  const file = await open({ through })
  expect(await file.slice(0, 4).bytes()).toEqual(BYTES.slice(0, 4))
  expect(keys).toEqual([encodeURIComponent(file.url)])
})

it('rejects what a source in between opens without a length, and closes it', async () => {
  const bytes = new GrowingBytes(BYTES, false)
  const opening = open({ through: () => ({ open: () => bytes.open() }) })
  await expect(opening).rejects.toMatchObject({ name: 'OriginError', fault: 'no-length' })
  expect(bytes.closes).toBe(1)
})

it('reads what is still being written, and waits for it', async () => {
  const bytes = new GrowingBytes(BYTES)
  const file = await open({ through: () => ({ open: () => bytes.open() }) })
  expect(file.size).toBe(BYTES.byteLength)
  const reading = file.slice(-5).bytes()
  await expect.poll(() => bytes.waiting).toBe(1)
  bytes.finish()
  expect(await reading).toEqual(BYTES.slice(-5))
  await file.close()
  expect(bytes.closes).toBe(1)
})

it('stops waiting for what is still to come when it is closed', async () => {
  const bytes = new GrowingBytes(BYTES)
  const file = await open({ through: () => ({ open: () => bytes.open() }) })
  const reading = file.slice(-5).bytes()
  await expect.poll(() => bytes.waiting).toBe(1)
  await Promise.all([file.close(), expect(reading).rejects.toThrow()])
  expect([bytes.waiting, bytes.closes]).toEqual([0, 1])
})

it('ends the opening with the signal', async () => {
  server.answer = () => {}
  const opening = open({ signal: AbortSignal.timeout(20) })
  await expect(opening).rejects.toMatchObject({ name: 'TimeoutError' })
})

it.each(['film.mp4', 'file:///etc/passwd', 'http://user:secret@127.0.0.1/film.mp4'])(
  'rejects a URL that cannot be read, without repeating its password: %s',
  async (url) => {
    for (const ask of [openRemote, fetchRemote]) {
      const error = await ask(url, { retries: 0 }).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(TypeError)
      expect(inspect(error)).not.toContain('secret')
    }
  },
)

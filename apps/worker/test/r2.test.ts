import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { headerValue, headerValues } from '@rangekit/conformance'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { beforeAll, describe, expect, it } from 'vitest'
import { startDev } from '../src/wrangler.ts'
import { ask, workerdProcesses } from './support/workerd.ts'

const LENGTH = 1_000_000
const MULTIPART = 'Range: bytes=0-99999,500000-599999'

const state = sharedFolder()
const worker = sharedServer(
  () =>
    startDev({
      entry: 'test/support/checks-worker.ts',
      state: state.path,
      port: 0,
      hostname: '127.0.0.1',
      // Many responses fail on purpose.
      silent: true,
    }),
  60_000,
)

const fault = (name: string, fields: readonly string[] = [], method = 'GET') =>
  ask(worker.port, `${method} /fault/${name}`, fields)

describe('R2 on workerd, as a source,', () => {
  const names = rangeSourceChecks({ source: { open: async () => undefined }, put() {} }).map(
    ({ name }) => name,
  )

  it.each(names.map((name, index) => [name, index] as const))('%s', async (_, index) => {
    const response = await fetch(`http://127.0.0.1:${worker.port}/contract/${index}`)
    expect(await response.json()).toEqual({})
  })
})

describe('an object with metadata', () => {
  // Random, so that it stays longer than what is read at once.
  const stored = gzipSync(randomBytes(200_000))
  const read = (fields: readonly string[]) => ask(worker.port, 'GET /stored/notes.txt', fields)

  beforeAll(async () => {
    await fetch(`http://127.0.0.1:${worker.port}/stored/notes.txt`, { method: 'PUT', body: stored })
  })

  it('is sent as stored, with its metadata as fields', async () => {
    const response = await read(['Want-Repr-Digest: sha-256=1'])
    expect(response.body.equals(stored)).toBe(true)
    const digest = createHash('sha256').update(stored).digest('base64')
    expect(
      Object.fromEntries(response.headers.map(({ name, value }) => [name.toLowerCase(), value])),
    ).toMatchObject({
      'cache-control': 'max-age=5',
      'content-disposition': 'attachment; filename="notes.txt"',
      'content-encoding': 'gzip',
      'content-language': 'es',
      'content-length': String(stored.length),
      'content-type': 'text/x-notes',
      'repr-digest': `sha-256=:${digest}:`,
    })
  })

  it.each([
    ['a small range', 5, 9],
    ['a long range', 5, 150_000],
  ])('has its Content-Encoding in %s too', async (_, firstPos, lastPos) => {
    const response = await read([`Range: bytes=${firstPos}-${lastPos}`])
    expect(response.status).toBe(206)
    expect(headerValue(response.headers, 'content-encoding')).toBe('gzip')
    expect(response.body.equals(stored.subarray(firstPos, lastPos + 1))).toBe(true)
  })
})

describe('an object that changes between its head and its bytes', () => {
  it.each(['replaced', 'deleted'])('is a 503 before any byte when it is %s', async (change) => {
    for (const fields of [[], ['Range: bytes=0-1'], ['Range: bytes=5-'], [MULTIPART]]) {
      const response = await fault(change, fields)
      expect(response.status).toBe(503)
      expect(headerValue(response.headers, 'retry-after')).toBe('1')
    }
  })

  it.each(['replaced', 'deleted'])(
    'does not affect responses without bytes when it is %s',
    async (change) => {
      expect((await fault(change, [], 'HEAD')).status).toBe(200)
      expect((await fault(change, ['If-None-Match: *'])).status).toBe(304)
      expect((await fault(change, [`Range: bytes=${LENGTH}-`])).status).toBe(416)
    },
  )
})

describe('a body on workerd', () => {
  it.each([
    ['a stream of R2', 'fine', []],
    ['a range of it', 'fine', ['Range: bytes=3-800000']],
    ['a small range', 'fine', ['Range: bytes=3-8']],
    ['several ranges', 'fine', [MULTIPART]],
    ['a Blob', 'blob', []],
    ['several ranges of a Blob', 'blob', [MULTIPART]],
  ])('has its exact Content-Length and is complete: %s', async (_, name, fields) => {
    const response = await fault(name, fields)
    expect(headerValues(response.headers, 'content-length')).toEqual([String(response.body.length)])
    expect(headerValues(response.headers, 'transfer-encoding')).toEqual([])
    expect(response).toMatchObject({ complete: true, framing: 'content-length' })
    expect(response.extraBytes).toHaveLength(0)
  })

  it.each([
    ['delivers too little', 'short'],
    ['delivers too much', 'long'],
    ['fails in the middle', 'failing'],
  ])('breaks the connection when its source %s', async (_, name) => {
    for (const fields of [[], ['Range: bytes=3-900000'], [MULTIPART]]) {
      const response = await fault(name, fields)
      expect(headerValue(response.headers, 'transfer-encoding')).toBeUndefined()
      expect(response).toMatchObject({ complete: false, closed: true })
    }
  })
})

it('closes its source when the client leaves', async () => {
  const closes = async () =>
    (await (await fetch(`http://127.0.0.1:${worker.port}/closes`)).json()) as Record<string, number>
  const leaving = new AbortController()
  const { body } = await fetch(`http://127.0.0.1:${worker.port}/fault/slow`, { signal: leaving.signal })
  const { value } = (await body?.getReader().read()) ?? {}
  expect(value?.byteLength).toBeGreaterThan(0)
  expect(await closes()).not.toHaveProperty('slow')
  leaving.abort()
  await expect.poll(closes, { timeout: 4000 }).toMatchObject({ slow: 1 })
})

describe('a transfer on workerd', () => {
  const transfers = async () =>
    (await (await fetch(`http://127.0.0.1:${worker.port}/transfers`)).json()) as Record<string, object>

  it.each([
    ['a stream', 'fine', [], 200, LENGTH - 1],
    ['a small range', 'fine', ['Range: bytes=3-8'], 206, 6],
    ['a 416', 'fine', [`Range: bytes=${LENGTH}-`], 416, 0],
    ['a Blob', 'blob', [], 200, LENGTH - 1],
  ])('of %s is complete', async (_, name, fields, status, length) => {
    await fault(name, fields)
    const complete = { status, length, bytesSent: length, outcome: 'complete' }
    await expect.poll(transfers).toMatchObject({ [name]: complete })
  })

  it('of a source that fails does not say how many bytes have left', async () => {
    await fault('failing')
    const { failing } = await transfers()
    expect(failing).toEqual({ status: 200, length: LENGTH - 1, outcome: 'failed' })
  })

  it('is aborted when the client leaves', async () => {
    await expect.poll(transfers).toMatchObject({ slow: { outcome: 'aborted' } })
  })
})

it('leaves no process behind', async () => {
  expect(workerdProcesses()).not.toEqual([])
  await worker.stop()
  await expect.poll(workerdProcesses).toEqual([])
})

import { createHash, randomBytes } from 'node:crypto'
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { headerValue, headerValues, type RawResponse } from '@rangekit/conformance'
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

  // Bodies of siblings end like all others, but two objects may be of two versions.
  const ofSiblings = names
    .map((name, index) => [name, index] as const)
    .filter(([name]) => /version/.test(name))

  it.each(ofSiblings)('%s, also of a compressed sibling', async (_, index) => {
    const response = await fetch(`http://127.0.0.1:${worker.port}/siblings/${index}`)
    expect(await response.json()).toEqual({})
  })
})

describe('an object with compressed siblings', () => {
  const text = Buffer.from(randomBytes(150_000).toString('hex'))
  const stored = {
    br: brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }),
    zstd: zstdCompressSync(text),
    gzip: gzipSync(text),
  }
  const read = (accepted: string, fields: readonly string[] = [], method = 'GET') =>
    ask(worker.port, `${method} /negotiated/notes.txt`, [...fields, `Accept-Encoding: ${accepted}`])
  const seen = (response: RawResponse, ...names: string[]) => [
    response.status,
    ...names.map((name) => headerValue(response.headers, name)),
  ]

  beforeAll(async () => {
    const put = (name: string, body: Buffer) =>
      fetch(`http://127.0.0.1:${worker.port}/negotiated/${name}`, {
        method: 'PUT',
        body: new Uint8Array(body),
      })
    await put('notes.txt', text)
    await put('notes.txt.br', stored.br)
    await put('notes.txt.zst', stored.zstd)
    await put('notes.txt.gz', stored.gzip)
    await put('stale.txt.zst', stored.zstd)
    await put('stale.txt', text)
  })

  it.each(['br', 'zstd', 'gzip'] as const)('is sent as the one in %s, as it is stored', async (coding) => {
    const response = await read(coding)
    const names = ['content-encoding', 'content-length', 'content-type', 'vary']
    expect(seen(response, ...names)).toEqual([
      200,
      coding,
      String(stored[coding].length),
      'text/plain; charset=utf-8',
      'Accept-Encoding, Origin',
    ])
    expect(response.body.equals(stored[coding])).toBe(true)
    expect(seen(await read(coding, [], 'HEAD'), ...names)).toEqual(seen(response, ...names))
  })

  it.each([
    ['a small range', 'bytes=5-9', 5, 9],
    ['a long range', 'bytes=5-90000', 5, 90_000],
  ])('is sent in parts of the compressed bytes: %s', async (_, range, firstPos, lastPos) => {
    const response = await read('br', [`Range: ${range}`])
    expect(seen(response, 'content-encoding')).toEqual([206, 'br'])
    expect(response.body.equals(stored.br.subarray(firstPos, lastPos + 1))).toBe(true)
  })

  it('is not modified, or resumed, in the same coding alone', async () => {
    const etag = headerValue((await read('br')).headers, 'etag')
    expect(seen(await read('br', [`If-None-Match: ${etag}`]), 'vary')).toEqual([
      304,
      'Accept-Encoding, Origin',
    ])
    expect((await read('gzip', [`If-None-Match: ${etag}`])).status).toBe(200)
    expect((await read('br', ['Range: bytes=0-1', `If-Range: ${etag}`])).status).toBe(206)
    expect((await read('gzip', ['Range: bytes=0-1', `If-Range: ${etag}`])).status).toBe(200)
  })

  it('is sent as it is to other clients, and if its siblings are older', async () => {
    expect((await read('identity')).body.equals(text)).toBe(true)
    const stale = await ask(worker.port, 'GET /negotiated/stale.txt', ['Accept-Encoding: zstd'])
    expect(seen(stale, 'content-encoding', 'vary')).toEqual([200, undefined, 'Accept-Encoding, Origin'])
    expect(stale.body.equals(text)).toBe(true)
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

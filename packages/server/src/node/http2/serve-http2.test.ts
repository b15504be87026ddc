import { once } from 'node:events'
import { constants } from 'node:http2'
import { createHandler } from '@rangekit/range-handler'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { expect, it, vi } from 'vitest'
import { BYTES, countingSource } from '../../../test/support/counting-source.ts'
import { ask, openSession, startHttp2 } from '../../../test/support/http2.ts'
// Bytes that are sent from a buffer after it was given back show as 0xdb.
import '../../../test/support/poison.ts'

async function start(options = {}) {
  const { source, open } = countingSource()
  const errors: unknown[] = []
  const handler = createHandler(source, { onError: (error) => void errors.push(error) })
  const server = await startHttp2(handler, options)
  return { ...server, open, errors, session: await openSession(server.port) }
}

it.each([
  ['all of it', {}, 200, 0, BYTES.byteLength],
  ['one byte', { range: 'bytes=5-5' }, 206, 5, 6],
  ['a range of many pieces', { range: 'bytes=1000-299000' }, 206, 1000, 299_001],
] as const)('sends %s as it is, with its length', async (_, fields, status, from, to) => {
  const { session, open } = await start()
  const answer = await ask(session, { ':path': '/film.mp4', ...fields })
  expect([answer.status, answer.code]).toEqual([status, constants.NGHTTP2_NO_ERROR])
  expect(answer.headers['content-length']).toBe(String(to - from))
  expect(sameBytes(answer.body, BYTES.subarray(from, to))).toBe(true)
  await expect.poll(open).toBe(0)
})

it('sends several ranges in one response', async () => {
  const { session } = await start()
  const answer = await ask(session, { ':path': '/film.mp4', range: 'bytes=0-9,100000-199999' })
  expect(answer.headers['content-type']).toMatch(/^multipart\/byteranges/)
  expect(answer.body.byteLength).toBe(Number(answer.headers['content-length']))
  expect(answer.body.includes(Buffer.from(BYTES.subarray(100_000, 200_000)))).toBe(true)
})

it('answers many streams of one connection at the same time', async () => {
  const { session, open } = await start()
  const answers = await Promise.all(Array.from({ length: 90 }, () => ask(session, { ':path': '/film.mp4' })))
  expect(answers.every(({ body }) => sameBytes(body, BYTES))).toBe(true)
  await expect.poll(open).toBe(0)
})

it.each([
  ['HEAD', { ':method': 'HEAD' }, 200, '300000'],
  ['If-None-Match', { 'if-none-match': '"v1"' }, 304, undefined],
  ['a range that is not there', { range: 'bytes=400000-' }, 416, '0'],
] as const)('answers %s without a body', async (_, fields, status, length) => {
  const { session, open } = await start()
  const answer = await ask(session, { ':path': '/film.mp4', ...fields })
  expect([answer.status, answer.headers['content-length'], answer.body.byteLength]).toEqual([
    status,
    length,
    0,
  ])
  await expect.poll(open).toBe(0)
})

it('sends what is being written as it comes', async () => {
  const bytes = new GrowingBytes(BYTES)
  const { port } = await startHttp2(createHandler({ open: () => bytes.open() }))
  const answer = ask(await openSession(port), { ':path': '/a', range: 'bytes=0-' })
  for (const frontier of [1, 100_000, 250_000]) {
    await expect.poll(() => bytes.waiting).toBe(1)
    bytes.reach(frontier)
  }
  await expect.poll(() => bytes.waiting).toBe(1)
  bytes.finish()
  expect(sameBytes((await answer).body, BYTES)).toBe(true)
  expect([bytes.opens, bytes.closes]).toEqual([1, 1])
})

it.each([
  ['a reset', constants.NGHTTP2_CANCEL],
  ['the end of its connection', undefined],
])('closes the file once when its client leaves with %s', async (_, code) => {
  const close = vi.fn()
  const { source } = countingSource()
  const ends: unknown[] = []
  const handler = createHandler(
    { open: (key) => Object.assign(Object(source.open(key)), { close }) },
    {
      onTransfer:
        () =>
        ({ outcome }) =>
          void ends.push(outcome?.kind),
    },
  )
  const { port } = await startHttp2(handler)
  const session = await openSession(port)
  const stream = session.request({ ':path': '/long.mp4' }).on('error', () => {})
  await once(stream, 'data')
  if (code === undefined) session.destroy()
  else stream.close(code)
  await expect.poll(() => close.mock.calls.length).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect([close.mock.calls.length, ends]).toEqual([1, ['aborted']])
})

it('stops waiting for a writer when its client leaves', async () => {
  const bytes = new GrowingBytes(BYTES)
  const { port } = await startHttp2(createHandler({ open: () => bytes.open() }))
  const stream = (await openSession(port)).request({ ':path': '/a' }).on('error', () => {})
  await expect.poll(() => bytes.waiting).toBe(1)
  stream.close(constants.NGHTTP2_CANCEL)
  await expect.poll(() => [bytes.waiting, bytes.closes]).toEqual([0, 1])
})

it('resets a stream whose source breaks, and goes on with the others', async () => {
  const { session, open, errors } = await start()
  const broken = await ask(session, { ':path': '/broken.mp4' })
  expect([broken.status, broken.code]).toEqual([200, constants.NGHTTP2_INTERNAL_ERROR])
  expect(errors).toHaveLength(1)
  expect((await ask(session, { ':path': '/film.mp4' })).body.byteLength).toBe(BYTES.byteLength)
  await expect.poll(open).toBe(0)
})

it.each([
  ['ends before its Content-Length', 5, { 'content-length': '10' }],
  ['is longer than its Content-Length', 15, { 'content-length': '10' }],
  ['breaks, also one without a length', 0, {}],
] as const)('resets a stream whose body %s', async (_, count, headers) => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const hasHead = Promise.withResolvers<void>()
  const body = new ReadableStream({
    async start(controller) {
      await hasHead.promise
      if (count === 0) return controller.error(new Error('The app failed'))
      controller.enqueue(new Uint8Array(count))
      controller.close()
    },
  })
  const { port } = await startHttp2(() => new Response(body, { headers }))
  const answer = await ask(await openSession(port), { ':path': '/' }, hasHead.resolve)
  expect(answer.code).toBe(constants.NGHTTP2_INTERNAL_ERROR)
  expect(answer.body.byteLength).toBeLessThan(10)
  log.mockRestore()
})

it('answers the fault of an app with a 500', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const { port } = await startHttp2(() => {
    throw new Error('The app failed')
  })
  expect((await ask(await openSession(port), { ':path': '/' })).status).toBe(500)
  log.mockRestore()
})

it('leaves out the fields of a connection, and spells the others in lower case', async () => {
  const fields = { Connection: 'close', 'Keep-Alive': 'x', 'Transfer-Encoding': 'chunked', 'X-Own': 'yes' }
  const { port } = await startHttp2(() => new Response('text', { headers: fields }))
  const { headers } = await ask(await openSession(port), { ':path': '/' })
  expect(Object.keys(headers)).toEqual([':status', 'content-type', 'x-own', 'content-length', 'date'])
})

it('passes on content', async () => {
  const { port } = await startHttp2(
    async (request) => new Response(`${request.method} ${await request.text()}`),
  )
  const session = await openSession(port)
  const stream = session.request({ ':method': 'POST', ':path': '/', expect: '100-continue' })
  const continued = once(stream, 'continue')
  stream.setEncoding('utf8').end('some text')
  const [text] = await once(stream, 'data')
  await continued
  expect(text).toBe('POST some text')
})

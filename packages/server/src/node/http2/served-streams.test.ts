/** What the listener to requests gets to know over HTTP/2. */
import { once } from 'node:events'
import { constants } from 'node:http2'
import { createHandler } from '@rangekit/range-handler'
import { expect, it, vi } from 'vitest'
import { BYTES, countingSource } from '../../../test/support/counting-source.ts'
import { ask, openSession, startHttp2 } from '../../../test/support/http2.ts'
import type { ServedRequest } from '../../served.ts'

const handler = createHandler(countingSource().source, { onError() {} })
const answers: Readonly<Record<string, () => Promise<Response>>> = {
  '/never': () => new Promise(() => {}),
  '/rejects': () => Promise.reject(new Error('The app rejected')),
}

async function start() {
  const ended: ServedRequest[] = []
  const { port } = await startHttp2(
    (request) => answers[new URL(request.url).pathname]?.() ?? handler(request),
    { headTimeout: 200, onRequest: () => (served) => void ended.push(served) },
  )
  const session = await openSession(port)
  /** The only request that has ended. */
  const served = async () => {
    await expect.poll(() => ended.length, { interval: 5 }).toBe(1)
    const [{ method, target, httpVersion, status, length, bytesSent, outcome } = {}] = ended
    return { method, target, httpVersion, status, length, bytesSent, outcome: outcome?.kind }
  }
  return { session, served }
}

it.each<[string, Readonly<Record<string, string>>, number, number]>([
  ['a range', { range: 'bytes=5-9' }, 206, 5],
  ['a long body', {}, 200, BYTES.byteLength],
  ['HEAD', { ':method': 'HEAD' }, 200, 0],
  ['a 404', { ':path': '/none.mp4' }, 404, 22],
  ['another Host than :authority', { ':authority': 'a.example', host: 'b.example' }, 400, 24],
  ['a target without normal form', { ':path': '/a/../b' }, 404, 22],
  ['a host of which no URL can be made', { ':authority': 'a%zz.example' }, 400, 24],
  ['CONNECT', { ':method': 'CONNECT', ':authority': 'a.example:443' }, 501, 28],
  ['content that comes too late', { ':method': 'PUT', ':path': '/never' }, 408, 28],
])('is complete for %s', async (_, fields, status, length) => {
  const { session, served } = await start()
  const { ':method': method = 'GET' } = fields
  const path = method === 'CONNECT' ? {} : { ':path': '/film.mp4' }
  const target = method === 'CONNECT' ? undefined : (fields[':path'] ?? '/film.mp4')
  const answer = await ask(session, { ...path, ...fields })
  expect(answer.status).toBe(status)
  const record = { method, target, httpVersion: '2.0', status, length, bytesSent: length }
  expect(await served()).toEqual({ ...record, outcome: 'complete' })
})

it.each([
  ['fails before the head', '/rejects', 500],
  ['breaks in the middle', '/broken.mp4', 200],
])('is failed for what %s', async (_, path, status) => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const { session, served } = await start()
  await ask(session, { ':path': path })
  expect(await served()).toMatchObject({ target: path, status, outcome: 'failed' })
  log.mockRestore()
})

it.each([
  ['a reset in the middle', '/long.mp4', 200],
  ['a reset before there is a response', '/never', 499],
])('is aborted for %s', async (_, path, status) => {
  const { session, served } = await start()
  const stream = session.request({ ':path': path }).on('error', () => {})
  if (status === 200) await once(stream, 'data')
  else await new Promise((resolve) => session.ping(resolve))
  stream.close(constants.NGHTTP2_CANCEL)
  const record = await served()
  expect(record).toMatchObject({ target: path, status, outcome: 'aborted' })
  expect(record.bytesSent).toBeLessThan(record.length ?? 1)
})

it('is aborted once for each stream of a connection that ends', async () => {
  const ended: string[] = []
  const onRequest = () => (served: ServedRequest) => void ended.push(`${served.outcome?.kind}`)
  const { port } = await startHttp2(handler, { onRequest })
  const session = await openSession(port)
  const streams = [1, 2, 3].map(() => session.request({ ':path': '/long.mp4' }).on('error', () => {}))
  await Promise.all(streams.map((stream) => once(stream, 'data')))
  session.destroy()
  await expect.poll(() => ended).toEqual(['aborted', 'aborted', 'aborted'])
})

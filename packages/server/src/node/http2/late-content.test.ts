/** Requests over HTTP/2 whose content takes its time. */
import { once } from 'node:events'
import { constants } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHandler } from '@rangekit/range-handler'
import { expect, it, onTestFinished } from 'vitest'
import { countingSource } from '../../../test/support/counting-source.ts'
import { openSession, startHttp2 } from '../../../test/support/http2.ts'

const PUT = { ':method': 'PUT', ':path': '/film.mp4' }

it.each([
  ['is not answered', 408, () => new Promise<Response>(() => {})],
  ['is answered at once', 405, createHandler(countingSource().source)],
  ['waits for it', 408, async (request: Request) => new Response(await request.text().catch(() => 'cut'))],
] as const)('ends in time a request with endless content that %s', async (_, status, fetch) => {
  const { port } = await startHttp2(fetch, { headTimeout: 100 })
  const stream = (await openSession(port)).request(PUT).on('error', () => {})
  const writing = setInterval(() => stream.writable && stream.write('x'), 10)
  onTestFinished(() => clearInterval(writing))
  const [fields] = await once(stream.resume(), 'response')
  await once(stream, 'close')
  expect([fields[':status'], stream.rstCode]).toEqual([status, constants.NGHTTP2_NO_ERROR])
})

it('waits for content until then', async () => {
  const { port } = await startHttp2(async (request) => new Response(await request.text()))
  const stream = (await openSession(port)).request(PUT).setEncoding('utf8')
  for (const word of ['late ', 'but ', 'complete']) {
    stream.write(word)
    await sleep(20)
  }
  stream.end()
  expect(await once(stream, 'data')).toEqual(['late but complete'])
})

import { once } from 'node:events'
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type ReferenceAnswer, referenceAnswer } from '../test/support/reference-answer.ts'
import { sampleFile } from '../test/support/reference-server.ts'
import { runConformance } from './run.ts'

/** Repeated fields joined, which Node does not do for all of them. */
function fieldsOf({ rawHeaders }: Http2ServerRequest): Record<string, string> {
  const fields = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    if (!name.startsWith(':')) fields.append(name, value)
  }
  return Object.fromEntries(fields)
}

/** Serves the sample file over HTTP/2, with its answers changed. */
async function start(change: (answer: ReferenceAnswer) => void = () => {}): Promise<string> {
  const server = createServer((incoming: Http2ServerRequest, response: Http2ServerResponse) => {
    const request = {
      method: incoming.method,
      found: incoming.url === '/film.mp4',
      headers: fieldsOf(incoming),
    }
    const answer = referenceAnswer(request, sampleFile)
    change(answer)
    response.stream.on('error', () => {})
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}/film.mp4`
}

it('judges a server over HTTP/2 by all vectors that are not about HTTP/1.1', async () => {
  const { protocol, totals, results } = await runConformance(await start(), { protocol: 'h2' })
  const failed = results.filter(({ verdict }) => verdict === 'fail')
  expect([protocol, failed]).toEqual(['h2', []])
  expect(totals.passed).toBeGreaterThan(400)
  const about1 = results.filter((result) => 'reason' in result && result.reason === 'it is about HTTP/1.1')
  expect(about1.map(({ id }) => id)).toContain('http10-range')
  expect(about1.length).toBeLessThan(40)
})

it.each([
  ['is shorter than its Content-Length', (body: Buffer) => body.subarray(1)],
  ['is longer than its Content-Length', (body: Buffer) => Buffer.concat([body, body])],
  ['has other bytes', (body: Buffer) => Buffer.from(body.map((byte) => byte + 1))],
])('finds a range that %s', async (_, change) => {
  const url = await start((answer) => {
    if (answer.status === 206) answer.body = change(answer.body)
  })
  const { totals } = await runConformance(url, { protocol: 'h2', only: ['second-byte', 'first-two-bytes'] })
  expect(totals.failed.MUST).toBe(2)
})

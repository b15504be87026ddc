import { gzipSync } from 'node:zlib'
import { sha256 } from '@rangekit/test-kit/bytes'
import { expect } from 'vitest'
import { FILM } from '../film.ts'
import { type Answer, type OriginServer, type Stored, serve } from '../origin-server.ts'
import type { BrowserPage } from './page.ts'

const { bytes, fields } = FILM
export const SIZE = bytes.byteLength
export const WHOLE = sha256(bytes)
const NEXT: Stored = { bytes: bytes.toReversed(), fields: { ...fields, etag: '"two"' } }
const ZIPPED: Stored = { bytes: gzipSync(bytes), fields: { ...fields, 'content-encoding': 'gzip' } }

/** A request as `asked` tells it. */
export const ALL = `GET bytes=0-${SIZE - 1}`

/** The method and range of each request. */
export function asked({ seen }: OriginServer): string[] {
  return seen.map(({ method, fields }) => `${method} ${fields['range'] ?? ''}`.trim())
}

export const film: Answer = (request, response) => serve(FILM, request, response)
/** Has another version. */
export const next: Answer = (request, response) => serve(NEXT, request, response)
/** The same, of a server that does not know If-Match. */
export const nextToAnyTag: Answer = ({ method = '', headers: { range } }, response) =>
  serve(NEXT, { method, headers: range === undefined ? {} : { range } }, response)

/** Lets pages of other origins send Range, and no other field, and see these fields of the answers. */
export function sharing(answer: Answer, exposed = 'Content-Range, ETag'): Answer {
  return (request, response, count) => {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', 'range')
    response.setHeader('access-control-expose-headers', exposed)
    if (request.method === 'OPTIONS') response.writeHead(204).end()
    else answer(request, response, count)
  }
}

/** Compresses what is sent whole for those who accept it. */
export const zipping: Answer = (request, response) =>
  serve(request.headers['accept-encoding'] === 'identity' ? FILM : ZIPPED, request, response)

/**
 * Has a film of a gigabyte, and sends it slowly. Chrome ends a request that is aborted with the next bytes, or after
 * five seconds.
 */
export const endless: Answer = ({ method }, response) => {
  const length = 1e9
  response.writeHead(method === 'HEAD' ? 200 : 206, {
    ...fields,
    'content-length': length,
    ...(method === 'GET' && { 'content-range': `bytes 0-${length - 1}/${length}` }),
  })
  if (method === 'HEAD') return void response.end()
  const timer = setInterval(() => response.write(bytes.subarray(0, 20_000)), 10)
  response.on('close', () => clearInterval(timer))
}

/** Breaks off the first read after 100,000 bytes. */
export function breaking(then: Answer): Answer {
  return (request, response, count) => {
    if (count !== 1) return (count === 0 ? film : then)(request, response, count)
    response.writeHead(206, {
      ...fields,
      'content-length': SIZE,
      'content-range': `bytes 0-${SIZE - 1}/${SIZE}`,
    })
    response.write(bytes.subarray(0, 100_000))
    setTimeout(() => response.destroy(), 50)
  }
}

/** Fetches all of a file that is sent as it is, and of one that is compressed, which is a fault. */
export async function expectFetch(
  browser: BrowserPage,
  server: OriginServer,
  url: string,
  answer: (answer: Answer) => Answer = (answer) => answer,
): Promise<void> {
  const run = () =>
    browser.run(
      ({ collect, fetchRemote, outcomeOf }, url) =>
        outcomeOf(fetchRemote(url).then(({ body }) => collect(body))),
      url,
    )
  server.answer = answer(film)
  expect(await run()).toMatchObject({ digest: WHOLE })
  server.answer = answer(zipping)
  expect(await run()).toMatchObject({ fault: 'encoded' })
  expect(asked(server)).toEqual(['GET', 'GET'])
}

/** Reads a file that is changed after its first read. */
export async function expectChange(
  browser: BrowserPage,
  server: OriginServer,
  url: string,
  changed: Answer,
): Promise<void> {
  const { answer } = server
  server.answer = (...exchange) => (exchange[2] < 2 ? answer : changed)(...exchange)
  const found = await browser.run(async ({ collect, openRemote, outcomeOf }, url) => {
    const file = await openRemote(url)
    const first = [...(await file.slice(-4).bytes())]
    const outcomes = [await outcomeOf(file.bytes()), await outcomeOf(collect(file.stream()))]
    return { first, faults: outcomes.map(({ fault }) => fault) }
  }, url)
  expect(found).toEqual({ first: [...bytes.subarray(-4)], faults: ['changed', 'changed'] })
}

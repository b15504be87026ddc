import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { run } from '@rangekit/test-kit/processes'
import { ENGINES } from '@rangekit/test-kit/runtimes'
import { describe, expect, it } from 'vitest'
import { FILM } from './support/film.ts'
import { filmServer } from './support/film-server.ts'
import { type Answer, serve } from './support/origin-server.ts'

const SCRIPT = join(import.meta.dirname, 'support/read-on-runtime.ts')
const server = await filmServer()
const { bytes, fields } = FILM
const LAST = bytes.byteLength - 1
const ZIPPED = { bytes: gzipSync(bytes), fields: { ...fields, 'content-encoding': 'gzip' } }
const sum = (all: Uint8Array) => all.reduce((sum, byte) => sum + byte, 0)

/** The head and the first bytes of the film. */
const begin: (...args: Parameters<Answer>) => void = (_, response) => {
  const range = { 'content-length': LAST + 1, 'content-range': `bytes 0-${LAST}/${LAST + 1}` }
  response.writeHead(206, { ...fields, ...range })
  response.write(bytes.subarray(0, 100_000))
}

const beginWhole = (response: ServerResponse) =>
  response.writeHead(200, { 'content-length': LAST + 1 }).write(bytes.subarray(0, 100_000))

/** How reads of each key are answered; HEAD is answered right. */
const READS: Readonly<Record<string, Answer>> = {
  right: (request, response) => serve(FILM, request, response),
  missing: (_, response) => response.writeHead(404).end(),
  zipped: (request, response) => serve(ZIPPED, request, response),
  'zips reads': (_, response) => {
    const range = { 'content-encoding': 'gzip', 'content-range': `bytes 0-${LAST}/${LAST + 1}` }
    response.writeHead(206, { ...fields, ...range }).end(ZIPPED.bytes)
  },
  'breaks once': (request, response, count) => {
    if (request.headers.range !== `bytes=0-${LAST}`) return serve(FILM, request, response)
    begin(request, response, count)
    setTimeout(() => response.destroy(), 50)
  },
  stall: (request, response, count) => {
    if (request.headers.range === `bytes=0-${LAST}`) begin(request, response, count)
  },
  never: () => {},
  'ignores Range': (_, response) => response.writeHead(200, fields).end(bytes),
  'sends less': (_, response) => {
    response
      .writeHead(206, { ...fields, 'content-range': `bytes 0-${LAST}/${LAST + 1}` })
      .end(bytes.subarray(1))
  },
  'sends more': (_, response) => {
    response.writeHead(206, { ...fields, 'content-range': `bytes 0-${LAST}/${LAST + 1}` })
    response.write(bytes)
    response.end('more')
  },
  'another version': (_, response) => response.writeHead(412).end(),
  redirects: (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  'all of right': (_, response) => response.writeHead(200, fields).end(bytes),
  'all of zipped': (_, response) => response.writeHead(200, ZIPPED.fields).end(ZIPPED.bytes),
  'all of breaks': (_, response) => {
    beginWhole(response)
    setTimeout(() => response.destroy(), 50)
  },
  'all of stall': (_, response) => beginWhole(response),
}

const RIGHT = { length: LAST + 1, sum: sum(bytes) }
const EXPECTED = {
  right: RIGHT,
  missing: { fault: 'missing' },
  zipped: { fault: 'encoded' },
  'zips reads': { fault: 'encoded' },
  'breaks once': RIGHT,
  stall: { fault: 'timeout' },
  never: { fault: 'timeout' },
  'ignores Range': { fault: 'no-ranges' },
  'sends less': { fault: 'wrong-length' },
  'sends more': { fault: 'wrong-length' },
  'another version': { fault: 'changed' },
  redirects: { fault: 'redirected' },
  'all of right': RIGHT,
  'all of zipped': { fault: 'encoded' },
  'all of breaks': { fault: 'unreachable' },
  'all of stall': { fault: 'timeout' },
  'never, left': { fault: 'left' },
  'stall, left': { fault: 'left' },
}
/** What fetch does not decode is passed on. */
const PASSED_ON = {
  ...EXPECTED,
  zipped: { length: ZIPPED.bytes.byteLength, sum: sum(ZIPPED.bytes), coding: 'gzip' },
}

describe.each([
  ['node22', EXPECTED],
  ['node26', EXPECTED],
  ['bun', PASSED_ON],
  ['deno', PASSED_ON],
] as const)('on %s', (engine, expected) => {
  it('every byte is right, or the fault is clear, and what is left ends at the origin', async () => {
    let open = 0
    server.answer = (request, response, count) => {
      const key = decodeURIComponent((request.url ?? '').slice(1))
      if (key === 'keys') return void response.end(Object.keys(READS).join())
      if (request.method === 'HEAD' && key !== 'missing') {
        return serve(key === 'zipped' ? ZIPPED : FILM, request, response)
      }
      open++
      response.on('close', () => open--)
      READS[key]?.(request, response, count)
    }
    const [file, ...args] = ENGINES[engine]
    const began = performance.now()
    const { stdout, stderr, code } = await run(file, [...args, SCRIPT, `${server.url}/`])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(expected)
    expect(code).toBe(0)
    // A time-out that is left behind would keep the process for 30 seconds.
    expect(performance.now() - began).toBeLessThan(25_000)
    await expect.poll(() => open).toBe(0)
  })
})

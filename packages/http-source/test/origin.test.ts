import { positionBytes } from '@rangekit/test-kit/bytes'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Origin } from '../src/origin/origin.ts'
import type { OriginVersion } from '../src/origin/origin-version.ts'
import { serve, startOrigin } from './support/origin-server.ts'

const BYTES = positionBytes(300_001)
const FILM = {
  bytes: BYTES,
  fields: {
    etag: '"one"',
    'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
    'content-type': 'video/mp4',
  },
}

const server = await startOrigin()
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.answer = (request, response) => serve(FILM, request, response)
  server.seen.length = 0
})
const url = `${server.url}/film.mp4`
const origin = new Origin({ retries: 1, timeout: 300 })

async function described(from = origin): Promise<OriginVersion> {
  const version = await from.describe(url)
  if (version === undefined) throw new Error('Nothing is there')
  server.seen.length = 0
  return version
}

async function read(version: OriginVersion, firstPos: number, lastPos: number): Promise<Uint8Array> {
  return new Response(await origin.read(version, { firstPos, lastPos })).bytes()
}

describe('a read', () => {
  it('is one request for exactly the range, bound to the strong tag', async () => {
    const version = await described()
    expect(await read(version, 100, 299_999)).toEqual(BYTES.subarray(100, 300_000))
    expect(server.seen).toMatchObject([
      { method: 'GET', path: '/film.mp4', fields: { range: 'bytes=100-299999', 'if-match': '"one"' } },
    ])
    expect(server.seen[0]?.fields).not.toHaveProperty('if-range')
    expect(server.seen[0]?.fields['accept-encoding']).toMatch(/^identity\b/)
  })
})

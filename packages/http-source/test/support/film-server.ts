import { type ByteRange, byteLength } from '@rangekit/range-core'
import { afterAll, beforeEach } from 'vitest'
import { FILM } from './film.ts'
import { type OriginServer, serve, startOrigin } from './origin-server.ts'

/** Bytes that a stalling server sends. */
const SENT = 1000

/** An origin for the tests of a file that has the film. What a test changes is undone before the next. */
export async function filmServer(): Promise<OriginServer> {
  const right: OriginServer['answer'] = (request, response) => serve(FILM, request, response)
  const server = await startOrigin(right)
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(() => {
    server.answer = right
    server.seen.length = 0
  })
  return server
}

/**
 * Lets a server answer reads with the head of a range and its first bytes, and then with nothing more.
 *
 * @returns the Range fields of those that were broken off, as it happens.
 */
export function stall(server: OriginServer, range: ByteRange): readonly string[] {
  const { firstPos, lastPos } = range
  const broken: string[] = []
  server.answer = (request, response) => {
    if (request.method === 'HEAD') return serve(FILM, request, response)
    response.on('close', () => broken.push(request.headers.range ?? ''))
    response.writeHead(206, {
      ...FILM.fields,
      'content-length': byteLength(range),
      'content-range': `bytes ${firstPos}-${lastPos}/${FILM.bytes.byteLength}`,
    })
    response.write(FILM.bytes.subarray(firstPos, firstPos + SENT))
  }
  return broken
}

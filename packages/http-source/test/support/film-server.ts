import { afterAll, beforeEach } from 'vitest'
import { FILM } from './film.ts'
import { type OriginServer, serve, startOrigin } from './origin-server.ts'

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

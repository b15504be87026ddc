import { expect, it } from 'vitest'
import { fetchRemote, type OriginOptions, type RemoteReadOptions } from '../src/index.ts'
import { expectSame, FILM, faultOf } from './support/film.ts'
import { filmServer } from './support/film-server.ts'
import type { Answer } from './support/origin-server.ts'

const server = await filmServer()
const { bytes, fields } = FILM
const SIZE = bytes.byteLength
const begin = (options?: OriginOptions & RemoteReadOptions) =>
  fetchRemote(`${server.url}/film.mp4?key=secret`, options)
const readAll = async (options?: OriginOptions & RemoteReadOptions) =>
  new Response((await begin(options)).body).bytes()

/** Answers with a head and the first bytes, and counts how many such answers are still open. */
function stall() {
  const answers = { open: 0 }
  server.answer = (_, response) => {
    answers.open++
    response.on('close', () => answers.open--)
    response.writeHead(200, { ...fields, 'content-length': SIZE }).write(bytes.subarray(0, 1000))
  }
  return answers
}

it('fetches all of a file with one request, and describes it', async () => {
  const described = { ...fields, 'content-disposition': 'inline', 'repr-digest': 'sha-256=:AAAA:' }
  server.answer = (_, response) =>
    void response.writeHead(200, { ...described, 'content-length': SIZE }).end(bytes)
  const download = await begin({ headers: { 'X-Key': 'own' } })
  expect(download).toMatchObject({
    url: `${server.url}/film.mp4?key=secret`,
    size: SIZE,
    type: 'video/mp4',
    etag: '"one"',
    lastModified: new Date('1994-11-06T08:49:37Z'),
    digests: { 'sha-256': 'AAAA' },
    fields: { 'Content-Disposition': 'inline' },
  })
  expectSame(await new Response(download.body).bytes(), bytes)
  expect(server.seen).toMatchObject([
    {
      method: 'GET',
      fields: {
        'accept-encoding': 'identity',
        'want-repr-digest': 'sha-256=2, sha-512=1',
        'x-key': 'own',
      },
    },
  ])
  expect(server.seen[0]?.fields['range']).toBeUndefined()
})

it('fetches a file whose length the server does not tell', async () => {
  server.answer = (_, response) => void response.writeHead(200).end(bytes)
  const { size, etag, type, body } = await begin()
  expect([size, etag, type]).toEqual([undefined, undefined, ''])
  expectSame(await new Response(body).bytes(), bytes)
})

it('fetches an empty file', async () => {
  server.answer = (_, response) => void response.writeHead(200, { 'content-length': 0 }).end()
  expect((await readAll()).byteLength).toBe(0)
})

it.each([
  [206, 'failed', { 'content-range': 'bytes 0-4/10' }],
  [404, 'missing', {}],
  [403, 'refused', {}],
  [200, 'encoded', { 'content-encoding': 'gzip' }],
  [200, 'encoded', { 'content-encoding': 'x-own' }],
  [302, 'redirected', { location: 'http://user:word@127.0.0.1/' }],
])(
  'rejects an answer that is not all of the file as it is, and ends it: %s, %s',
  async (status, fault, more) => {
    const answers = { open: 0 }
    server.answer = (_, response) => {
      answers.open++
      response.on('close', () => answers.open--)
      response.writeHead(status, more).write('01234')
    }
    expect(await faultOf(begin({ redirect: 'follow' }))).toMatchObject({ fault })
    await expect.poll(() => answers.open).toBe(0)
  },
)

it('asks again before the first byte, and never after it', async () => {
  server.answer = (_, response, count) => {
    if (count === 0) return void response.writeHead(503).end()
    response.writeHead(200, { ...fields, 'content-length': SIZE })
    response.write(bytes.subarray(0, 1000), () => setImmediate(() => response.destroy()))
  }
  expect(await faultOf(readAll())).toMatchObject({ fault: 'unreachable' })
  expect(server.seen.length).toBe(2)
})

it.each([
  ['fewer', 5],
  ['more', 3],
])('rejects %s bytes than were announced, even if fetch does not', async (_, length) => {
  const fetch = async () => new Response('four', { headers: { 'content-length': String(length) } })
  expect(await faultOf(readAll({ fetch }))).toMatchObject({ fault: 'wrong-length' })
})

it.each([
  ['answers', 'did not answer', () => {}],
  [
    'sends more',
    'sent nothing more',
    (_, response) => void response.writeHead(200, { 'content-length': 5 }).write('one'),
  ],
] satisfies [string, string, Answer][])('gives up a server that never %s', async (_, problem, answer) => {
  server.answer = answer
  await expect(readAll({ timeout: 500, retries: 0 })).rejects.toThrow(
    `${server.url}/film.mp4 ${problem} within 500 ms`,
  )
})

it('ends its connection with the signal, and when it is disposed or its body cancelled', async () => {
  const answers = stall()
  const leaving = new AbortController()
  const [left, disposed, cancelled] = [await begin({ signal: leaving.signal }), await begin(), await begin()]
  expect(answers.open).toBe(3)
  const reading = new Response(left.body).bytes()
  leaving.abort(new Error('left'))
  await expect(reading).rejects.toThrow('left')
  await disposed[Symbol.asyncDispose]()
  await cancelled.body.cancel()
  await expect.poll(() => answers.open).toBe(0)
})

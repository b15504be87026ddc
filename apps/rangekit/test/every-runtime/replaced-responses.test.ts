import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { converse, exchange, field, openSocket, requestText } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startScript } from '../support/server.ts'

const film = positionBytes(3_000_001)
const short = positionBytes(1000)

const folder = sharedFolder(({ put }) => {
  put('film.mp4', film)
  put('given-up.mp4', film)
  put('short.mp4', short)
})

/** What each middleware sends in place of a file. */
const REPLACED = [
  { way: 'throws', status: 418, body: 'no' },
  { way: 'replaces', status: 200, body: 'another body' },
  { way: 'empties', status: 202, body: '' },
  { way: 'reads', status: 200, body: '3000001 bytes' },
  { way: 'begins', status: 200, body: 'enough' },
  { way: 'impatient', status: 504, body: 'Gateway Timeout' },
] as const
/** Fields that describe the file. */
const FILE_FIELDS = [
  'content-range',
  'etag',
  'last-modified',
  'accept-ranges',
  'cache-control',
  'repr-digest',
]

/** A body that is read in part and dropped is closed by the garbage collector, so it gets another file. */
const fileFor = (way: string) => (way === 'begins' ? 'given-up.mp4' : 'film.mp4')

describe.each(runtime.ways)('a file that a middleware does not send, with bodies sent $way', ({ args }) => {
  const server = sharedServer(() => startScript('replacing-server.ts', folder.path, ...args))

  it.each(REPLACED)(
    'leaves none of its fields in the response: one that $way',
    async ({ way, status, body }) => {
      const response = await exchange(server.port, `GET /${way}/${fileFor(way)}`)
      const names = response.headers.map(({ name }) => name.toLowerCase())
      expect([response.status, response.body.toString()]).toEqual([status, body])
      expect(names.filter((name) => FILE_FIELDS.includes(name))).toEqual([])
      expect(field(response, 'content-length')).toBe(String(body.length))
    },
  )

  it.each(REPLACED)('does not disturb the next response: one that $way', async ({ way, body }) => {
    const requests =
      requestText(`GET /${way}/${fileFor(way)}`) + requestText('GET /plain/short.mp4', ['Connection: close'])
    const all = await converse(server.port, requests)
    const [, first = '', second = ''] = all.toString('latin1').split(/\r\n\r\n(?=HTTP)|\r\n\r\n/)
    expect(first.slice(0, body.length)).toBe(body)
    expect(first.slice(body.length)).toMatch(/^(?:HTTP\/1\.1 200 |$)/)
    expect(second + all.toString('latin1')).toContain('HTTP/1.1 200 OK')
    expect(sameBytes(all.subarray(-short.byteLength), short)).toBe(true)
  })

  it('breaks the connection when a middleware sends less than Content-Length', async () => {
    const response = await exchange(server.port, 'GET /shortens/film.mp4')
    expect(response.body.byteLength).toBeLessThan(film.byteLength)
    expect(field(response, 'content-length')).toBe(String(film.byteLength))
  })

  it('is a 500 when a field cannot be sent', async () => {
    for (const path of ['/unsendable/film.mp4', '/unsendable']) {
      const answer = await converse(server.port, requestText(`GET ${path}`, ['Connection: close']))
      expect(answer.toString()).toMatch(
        /^HTTP\/1\.1 500 Internal Server Error\r\n.*\{"detail":"Internal error"\}$/s,
      )
    }
  })

  it('is closed, even when it is opened after the response was sent', async () => {
    const ways = REPLACED.filter(({ way }) => way !== 'begins').map(({ way }) => way)
    await rounds(100, 20, async (index) => {
      const way = ways[index % ways.length]
      await exchange(server.port, `GET /${way}/film.mp4`)
    })
    await expectNothingOpen(server.pid, folder.at('film.mp4'))
  })

  it('is closed when the client leaves before the middleware is done', async () => {
    await rounds(40, 20, async () => {
      const socket = await openSocket(server.port)
      socket.write(requestText('GET /impatient/film.mp4'))
      setTimeout(() => socket.resetAndDestroy(), 50)
      await new Promise((resolve) => socket.once('close', resolve))
    })
    await new Promise((resolve) => setTimeout(resolve, 400))
    await expectNothingOpen(server.pid, folder.at('film.mp4'))
  })
})

import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { converse, requestText } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { startServer } from '../support/server.ts'

const folder = sharedFolder(({ put }) => {
  put('film.mp4', 'x'.repeat(1000))
  put('film.mp4.sha256', `${'0'.repeat(64)}  film.mp4\n`)
})
const args = ['--cors', '*', '--digests', '--cache-control', 'max-age=5']
const server = sharedServer(() => startServer(folder.path, { args }))

const say = async (text: string) => (await converse(server.port, text)).toString('latin1')

const PATH = '/api/stream/film.mp4'
const head = (...lines: string[]) => `${[...lines, 'Connection: close', '', ''].join('\r\n')}`

describe('the head of a request', () => {
  it.each([
    ['HTTP/1.1 with one Host', head(`GET ${PATH} HTTP/1.1`, 'Host: films.test:8001'), 200],
    ['a scheme in capitals', head(`GET HTTP://a${PATH} HTTP/1.1`, 'Host: a'), 200],
    ['with an address in brackets', head(`GET ${PATH} HTTP/1.1`, 'Host: [::1]:8001'), 200],
    ['HTTP/1.0 without Host, as health checks send it', `GET ${PATH} HTTP/1.0\r\n\r\n`, 200],
    ['HTTP/1.0 with Host', `GET ${PATH} HTTP/1.0\r\nHost: a\r\n\r\n`, 200],
    ['the health check of HAProxy', 'OPTIONS / HTTP/1.0\r\n\r\n', 200],
    ['HTTP/1.1 without Host', head(`GET ${PATH} HTTP/1.1`), 400],
    ['an empty Host', head(`GET ${PATH} HTTP/1.1`, 'Host:'), 400],
    ['two Hosts', head(`GET ${PATH} HTTP/1.1`, 'Host: a', 'Host: b'), 400],
    ['two equal Hosts', head(`GET ${PATH} HTTP/1.1`, 'Host: a', 'host: a'), 400],
    ['two Hosts in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    ['a list of Hosts', head(`GET ${PATH} HTTP/1.1`, 'Host: a, b'), 400],
    ['a Host with a path', head(`GET ${PATH} HTTP/1.1`, 'Host: a/b'), 400],
    ['a Host with user information', head(`GET ${PATH} HTTP/1.1`, 'Host: a@b'), 400],
    ['a Host with a blank', head(`GET ${PATH} HTTP/1.1`, 'Host: a b'), 400],
    ['a Host with a query', head(`GET ${PATH} HTTP/1.1`, 'Host: a?b'), 400],
    ['a Host with an invalid port', head(`GET ${PATH} HTTP/1.1`, 'Host: a:b'), 400],
    ['an invalid Host with an absolute target', head(`GET http://a${PATH} HTTP/1.1`, 'Host: b/c'), 400],
    ['HTTP/2.0', head(`GET ${PATH} HTTP/2.0`, 'Host: a'), 505],
    ['HTTP/3.7', head(`GET ${PATH} HTTP/3.7`, 'Host: a'), 505],
    ['no version, as in HTTP/0.9', `GET ${PATH}\r\n\r\n`, 400],
    ['line feeds alone', `GET ${PATH} HTTP/1.1\nHost: a\n\n`, 400],
    ['bytes that are not HTTP', '\u0016\u0003\u0001\u0002\r\n\r\n', 400],
    ['a field of 70 KiB', head(`GET ${PATH} HTTP/1.1`, 'Host: a', `X-A: ${'a'.repeat(70_000)}`), 431],
    ['a field of 4 MiB', head(`GET ${PATH} HTTP/1.1`, 'Host: a', `X-A: ${'a'.repeat(2 ** 22)}`), 431],
    ['a target of 100 KiB', head(`GET /${'a'.repeat(100_000)} HTTP/1.1`, 'Host: a'), 431],
  ])('with %s', async (_, text, status) => {
    const answer = await say(text)
    expect(answer.slice(0, 13)).toBe(`HTTP/1.1 ${status} `)
    expect(answer.split('HTTP/1.1 ').length - 1).toBe(1)
  })

  it('with Transfer-Encoding in HTTP/1.0 ends the connection, and what follows is not read (9112 §6.1)', async () => {
    const smuggled = `GET ${PATH} HTTP/1.1\r\nHost: a\r\n\r\n`
    const fields = 'Host: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked'
    for (const body of [`0\r\n\r\n${smuggled}`, `5\r\nhello\r\n0\r\n\r\n${smuggled}`, smuggled]) {
      const answer = await say(`GET /none HTTP/1.0\r\n${fields}\r\n\r\n${body}`)
      expect(answer).not.toContain('HTTP/1.1 200 ')
      expect(answer.split('HTTP/1.1 ').length - 1).toBeLessThan(2)
    }
  })
})

describe('what follows valid requests', () => {
  const valid = requestText(`GET ${PATH}`)
  const closing = requestText(`GET ${PATH}`, ['Connection: close'])
  it.each([
    ['garbage', `${valid}garbage\r\n\r\n`, [200, 400]],
    ['garbage, after three of them', `${valid.repeat(3)}garbage\r\n\r\n`, [200, 200, 200, 400]],
    ['a request after the one that closes', closing + valid, [200]],
    ['garbage after the one that closes', `${closing}garbage\r\n\r\n`, [200]],
  ])('does not change their responses: %s', async (_, text, statuses) => {
    const answer = await say(text)
    expect([...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))).toEqual(statuses)
  })
})

describe('the head of a response', () => {
  const SPELLED =
    /^(?:[A-Z][a-z]+(?:-[A-Z][a-z]+)*|ETag|WWW-Authenticate|[A-Z]-[A-Z][a-z]+(?:-[A-Z][a-z]+)*)$/
  it.each([
    ['GET', 200, []],
    ['HEAD', 200, []],
    ['GET', 206, ['Range: bytes=0-1']],
    ['GET', 206, ['Range: bytes=0-1,900-901', 'Want-Repr-Digest: sha-256=1']],
    ['GET', 304, ['If-None-Match: *']],
    ['GET', 412, ['If-Match: "none"']],
    ['GET', 416, ['Range: bytes=5000-']],
    ['OPTIONS', 204, []],
    ['POST', 405, []],
    ['OPTIONS', 204, ['Access-Control-Request-Method: GET', 'Access-Control-Request-Headers: range']],
  ] as const)(
    'to %s with status %i has field names in the usual spelling, each once',
    async (method, status, fields) => {
      const answer = await say(head(`${method} ${PATH} HTTP/1.1`, 'Host: a', 'Origin: https://a', ...fields))
      const [statusLine, ...lines] = answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n')
      expect(statusLine).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      const names = lines.map((line) => line.slice(0, line.indexOf(':')))
      expect(names.filter((name) => !SPELLED.test(name))).toEqual([])
      expect(names.length).toBe(new Set(names.map((name) => name.toLowerCase())).size)
    },
  )

  it('has the usual spelling in errors and other pages too', async () => {
    for (const path of ['/none', '/readyz', '/api/stream/none.mp4', '/api/stream/../x']) {
      const answer = await say(head(`GET ${path} HTTP/1.1`, 'Host: a'))
      expect(answer).toMatch(/\r\nContent-Type: application\/json\r\n/)
      expect(answer).toMatch(/\r\nContent-Length: \d+\r\n/)
    }
  })
})

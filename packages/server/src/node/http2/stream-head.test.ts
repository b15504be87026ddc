import { constants } from 'node:http2'
import { expect, it } from 'vitest'
import { ask, openSession, startHttp2 } from '../../../test/support/http2.ts'

/** Serves what the app sees of a request. */
async function start() {
  const app = ({ method, url, headers }: Request) =>
    Response.json({ method, url, host: headers.get('host'), names: [...headers.keys()] })
  // Node's client does not end OPTIONS and CONNECT, so their content is late.
  const { port } = await startHttp2(app, { headTimeout: 200 })
  return { port, session: await openSession(port) }
}

it('passes on the target and the host as HTTP/1.1 has them, without pseudo-header fields', async () => {
  const { port, session } = await start()
  const { body } = await ask(session, { ':path': '/%7Ea/%c3%b1?b=%7e', 'x-own': 'yes' })
  const host = `127.0.0.1:${port}`
  const url = `http://${host}/~a/%C3%B1?b=%7e`
  expect(JSON.parse(String(body))).toEqual({ method: 'GET', url, host, names: ['host', 'x-own'] })
})

it.each([
  ['Host without :authority', { host: 'a.example' }],
  [
    'both, if they are the same but for the default port and the case',
    { ':authority': 'a.example', host: 'A.example:443' },
  ],
])('takes %s', async (_, fields) => {
  const { session } = await start()
  const { status, body } = await ask(session, { ':path': '/', ...fields })
  expect([status, JSON.parse(String(body)).host]).toEqual([200, 'a.example'])
})

it.each([
  ['another Host than :authority', { ':authority': 'a.example', host: 'b.example' }, 400],
  ['a host that is none in a URL', { ':authority': 'a%zz.example' }, 400],
  ['dot segments', { ':path': '/a/%2e%2e/b' }, 404],
  ['a backslash', { ':path': '/a\\b' }, 404],
  ['an asterisk', { ':method': 'OPTIONS', ':path': '*' }, 404],
])('refuses %s', async (_, fields, status) => {
  const { session } = await start()
  expect(await ask(session, { ':path': '/', ...fields })).toMatchObject({ status, code: 0 })
})

it('refuses CONNECT, which is for proxies', async () => {
  const { session } = await start()
  const answer = await ask(session, { ':method': 'CONNECT', ':authority': 'a.example:443' })
  expect(answer.status).toBe(501)
})

it.each([
  ['an absolute target', { ':path': 'http://a.example/' }],
  ['no target', { ':path': '' }],
  ['user information', { ':path': '/', ':authority': 'me@a.example' }],
  ['an empty host', { ':path': '/', ':authority': '' }],
])('resets a stream with %s', async (_, fields) => {
  const { session } = await start()
  const { status, code } = await ask(session, fields)
  expect([status, code]).toEqual([undefined, constants.NGHTTP2_PROTOCOL_ERROR])
})

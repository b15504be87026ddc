import { signUrl } from '@rangekit/hono-server'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { expect, it } from 'vitest'
import { serveLocally } from '../src/local.ts'
import { ask } from './support/workerd.ts'

const secret = 'known-to-two'

const folder = sharedFolder(({ put }) => {
  put('señas/~film-1.mp4', 'film')
  put('%41.mp4', 'percent')
})
const serve = (variables = {}) =>
  serveLocally({ dir: folder.path, port: 0, hostname: '127.0.0.1', variables })
const server = sharedServer(() => serve(), 60_000)
const signing = sharedServer(() => serve({ SIGNING_SECRETS: secret }), 60_000)

const get = (path: string, { port } = server) => ask(port, `GET ${path}`)

it.each([
  '/api/stream/se%C3%B1as/~film-1.mp4',
  '/api/stream/se%c3%b1as/%7efilm%2D1.mp4',
  '/%61pi/%73tream/%73e%c3%b1as/%7E%66ilm-1%2Emp4?x',
])('serves a file under every spelling of its path: %s', async (path) => {
  const response = await get(path)
  expect([response.status, response.body.toString()]).toEqual([200, 'film'])
})

it('decodes a path once', async () => {
  expect((await get('/api/stream/%2541.mp4')).body.toString()).toBe('percent')
  expect((await get('/api/stream/A.mp4')).status).toBe(404)
  expect((await get('/api/stream/%41.mp4')).status).toBe(404)
})

it.each(['/api/stream/100%.mp4', '/api/stream/%zz', '/%'])(
  'answers 404 to a malformed path: %s',
  async (path) => {
    const response = await get(path)
    expect([response.status, response.body.toString()]).toEqual([404, '{"detail":"Archivo no encontrado"}'])
    expect(response.headers.map(({ name }) => name.toLowerCase())).toContain('date')
  },
)

it('accepts a signed link under another spelling of its path, and no other link', async () => {
  const link = await signUrl('/api/stream/se%C3%B1as/~film-1.mp4', { secret, expiresIn: 60 })
  expect((await get(link, signing)).status).toBe(200)
  expect((await get(link.replace('~film', '%7Efil%6D'), signing)).status).toBe(200)
  expect((await get(link.replace('~film', '%257Efilm'), signing)).status).toBe(403)
  expect((await get(link.replace('~film', '~Film'), signing)).status).toBe(403)
})

it('accepts what is below a signed folder under another spelling, and nothing outside', async () => {
  const below = await signUrl('/api/stream/se%C3%B1as/', { secret, expiresIn: 60, scope: 'prefix' })
  const link = `${below}~film-1.mp4`
  for (const spelled of [
    link,
    link.replaceAll('~', '%7E'),
    link.replace('%C3%B1', '%c3%b1'),
    `${link}?a=b`,
  ]) {
    expect((await get(spelled, signing)).status, spelled).toBe(200)
  }
  // The platform resolves dot segments, so these name files that the link does not permit.
  for (const other of [`${below}../%2541.mp4`, `${below}../../%2541.mp4`, `${below}..%2F%2541.mp4`]) {
    expect((await get(other, signing)).status, other).toBe(403)
  }
})

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { assetRoutes } from './assets.ts'

const app = new Hono().route('/assets', assetRoutes())
const ask = async (name: string, init: RequestInit = {}) => app.request(`/assets/${name}`, init)

describe('assets', () => {
  it.each([
    ['base.css', 'text/css; charset=utf-8', ':root'],
    ['icon.svg', 'image/svg+xml', '<svg'],
    ['library.js', 'text/javascript; charset=utf-8', ''],
    ['library.ts', 'text/javascript; charset=utf-8', ''],
  ])('%s has its type, and is checked again on each use', async (name, type, content) => {
    const response = await ask(name)
    expect(response.status).toBe(200)
    expect(response.headers.get('Content-Type')).toBe(type)
    expect(response.headers.get('Cache-Control')).toBe('no-cache')
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(response.headers.get('Content-Security-Policy')).toBeNull()
    expect(await response.text()).toContain(content)
  })

  it('are not sent again while they are the same', async () => {
    const etag = (await ask('base.css')).headers.get('ETag') ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`]) {
      expect((await ask('base.css', { headers: { 'If-None-Match': tags } })).status).toBe(304)
    }
    expect((await ask('base.css', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
  })

  it('answer HEAD like GET, without the content', async () => {
    const [head, get] = [await ask('base.css', { method: 'HEAD' }), await ask('base.css')]
    expect([...head.headers]).toEqual([...get.headers])
    expect(await head.text()).toBe('')
  })

  it.each([
    ['nothing.css'],
    ['tsconfig.json'],
    ['assets.test.ts'],
    ['../site.ts'],
    ['..%2Fsite.ts'],
    ['%2e%2e/site.ts'],
    ['..%5Csite.ts'],
    ['./base.css/'],
    ['constructor'],
    ['__proto__'],
    [''],
  ])('are only the files of the pages, not %j', async (name) => {
    expect((await ask(name)).status).toBe(404)
  })
})

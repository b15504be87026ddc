import { SourceBusyError } from '@rangekit/range-core'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { renderFault, renderForbidden, renderMissing, renderUnauthorized } from './missing-page.ts'

const app = new Hono()
  .get('/fault', () => {
    throw new Error('a secret cause')
  })
  .get('/busy', () => {
    throw new SourceBusyError('out of descriptors')
  })
  .get('/forbidden/*', renderForbidden)
  .get('/locked/*', (context) => renderUnauthorized(context, 'Basic'))
  .notFound((context) => renderMissing(context, './'))
  .onError((error, context) => renderFault(context, error))

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
const ask = async (path: string, accept: string | undefined, method = 'GET') =>
  app.request(path, { method, headers: accept === undefined ? {} : { Accept: accept } })

describe('a missing page', () => {
  it.each([
    ['a browser', BROWSER],
    ['who prefers HTML', 'application/json;q=0.5, text/html;q=0.6'],
    ['who takes any text', 'text/*'],
  ])('is HTML for %s, with a way back', async (_, accept) => {
    const response = await ask('/no/such/page', accept)
    expect(response.status).toBe(404)
    expect(response.headers.get('Content-Type')).toMatch(/^text\/html/)
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    expect(await response.text()).toMatch(/<base href="\.\.\/\.\.\/">.*<a class="button" href="\.\/">/s)
  })

  it.each([
    ['says nothing', undefined],
    ['takes anything', '*/*'],
    ['prefers JSON', 'text/html;q=0.5, application/json'],
    ['refuses HTML', 'text/html;q=0, */*'],
    ['sends no such field', '"<,;=,,q=2;text/html;;q="'],
  ])('is JSON for a client that %s', async (_, accept) => {
    const response = await ask('/no/such/page', accept)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ detail: 'Archivo no encontrado' })
  })

  it.each(['/api', '/api/', '/api/nothing', '/api/stream/no.mp4'])('is JSON at %s', async (path) => {
    expect((await ask(path, BROWSER)).headers.get('Content-Type')).toBe('application/json')
  })

  it('is JSON for methods other than GET and HEAD', async () => {
    expect((await ask('/no', BROWSER, 'POST')).headers.get('Content-Type')).toBe('application/json')
    expect((await ask('/no', BROWSER, 'HEAD')).headers.get('Content-Type')).toMatch(/^text\/html/)
  })

  it('says nothing of the cause of a fault', async () => {
    for (const accept of [BROWSER, 'application/json']) {
      const response = await ask('/fault', accept)
      expect(response.status).toBe(500)
      expect(await response.text()).not.toContain('secret')
    }
  })

  it('says when a busy server can be asked again', async () => {
    for (const accept of [BROWSER, 'application/json']) {
      const response = await ask('/busy', accept)
      expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
    }
  })

  it.each([
    ['a password', '/locked/a%20b.mp4?sort=size&view=list', 'Enter a password'],
    ['a server that is busy', '/busy', 'Try again'],
    ['a fault', '/fault', 'Try again'],
  ])('leads to itself again for %s', async (_, path, name) => {
    const link = `<a class="button" href=".${path.replace('&', '&amp;')}">${name}</a>`
    expect(await (await ask(path, BROWSER)).text()).toContain(link)
  })

  it('tells caches that it depends on Accept', async () => {
    for (const path of ['/no', '/busy', '/fault', '/forbidden/x']) {
      for (const accept of [BROWSER, '*/*']) {
        expect((await ask(path, accept)).headers.get('Vary'), path).toBe('Accept')
      }
    }
    expect((await ask('/api/no', BROWSER)).headers.get('Vary')).toBeNull()
  })

  it('has no way back where the link is not valid', async () => {
    const response = await ask('/forbidden/x', BROWSER)
    expect(response.status).toBe(403)
    expect(await response.text()).not.toContain('class="button"')
    expect((await ask('/forbidden/x', '*/*')).headers.get('Cache-Control')).toBe('no-store')
  })

  it('shows a hostile path as text', async () => {
    const body = await (await ask('/%22%3E%3Cscript%3Ealert(1)</script>\'?a=%22<b>"', BROWSER)).text()
    expect(body).not.toMatch(/<script>|<b>/)
  })
})

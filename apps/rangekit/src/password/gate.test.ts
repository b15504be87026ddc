import { blobSource, normalizeRequest } from '@rangekit/range-handler'
import fc from 'fast-check'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { createSite } from '../site.ts'
import type { Verdict } from './login.ts'

const SECRET = 'the content that nobody may see'
const verdicts = new Map<string, Verdict>([['Basic right', { kind: 'right' }]])
/** Where passwords came from. */
const addresses: string[] = []
const site = createSite({
  source: blobSource(() => ({ data: new TextEncoder().encode(SECRET) })),
  inspect: true,
  index: true,
  metrics: new Hono().get('/metrics', ({ text }) => text(SECRET)),
  signed: { secrets: ['a secret of links'] },
  password: {
    login: {
      judge(authorization, address) {
        addresses.push(address)
        return verdicts.get(authorization) ?? { kind: 'wrong' }
      },
    },
    trusts: (address) => address === '192.0.2.1',
    linkLifetime: 60,
  },
})
/** A request as the server passes it on; `undefined` if it refuses it. */
async function ask(target: string, fields: Record<string, string> = {}, method = 'GET') {
  const request = normalizeRequest(new Request(`http://localhost${target}`, { method, headers: fields }))
  return request && site.fetch(request, { address: '192.0.2.1', isSecure: false })
}

describe('the gate', () => {
  const segment = fc.constantFrom(
    ...['api', 'stream', 'film.mp4', 'watch', 'browse', 'metrics', 'assets', 'readyz', 'videos', 'events'],
    ...[
      'openapi.json',
      'docs',
      '.',
      '..',
      '%2e%2e',
      '%2F',
      '%5c',
      '%00',
      'signed~9999999999~'.padEnd(61, 'A'),
    ],
    ...['%6detrics', 'METRICS', 'media', 'cover', 'subtitles', 'playlist.m3u8', '', 'api%2Fstream'],
  )
  const query = fc.constantFrom(
    ...[
      '',
      '?',
      '?grant=',
      '?grant=%2F',
      '?grant=/metrics',
      '?signature=A',
      '?expires=9999999999&signature=',
    ],
    ...[`?expires=9999999999&signature=${'A'.repeat(43)}`, '?path=&grant=/?expires=9999999999', '?/assets/'],
  )
  const target = fc
    .tuple(fc.array(segment, { maxLength: 5 }), query)
    .map(([segments, text]) => `/${segments.join('/')}${text}`)
  const fields = fc.constantFrom({}, { authorization: 'Basic wrong' }, { authorization: '' })
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS')

  it('lets nobody in without a password or a signature, however the path is spelled', async () => {
    const statuses = new Set<number | undefined>()
    await fc.assert(
      fc.asyncProperty(target, fields, method, async (path, headers, verb) => {
        const response = await ask(path, headers, verb)
        statuses.add(response?.status)
        expect((await response?.text()) ?? '').not.toContain(SECRET)
        const isOpen =
          verb === 'OPTIONS' || /^\/(?:readyz|healthz|assets\/)/.test(new URL(`http://a${path}`).pathname)
        if (!isOpen && response !== undefined) expect([401, 403, 404, 405]).toContain(response.status)
      }),
      { numRuns: 3000, examples: [['/api/stream/cover?signature=A', {}, 'GET']] },
    )
    expect(statuses).toContain(401)
    expect(statuses).toContain(403)
  })

  it.each([
    ['wrong', { kind: 'wrong' }, 401, ['WWW-Authenticate', 'Basic realm="rangekit", charset="UTF-8"']],
    ['to wait', { kind: 'wait', seconds: 7 }, 429, ['Retry-After', '7']],
    ['more than it can check', { kind: 'busy' }, 503, ['Retry-After', '1']],
  ] as const)('says in JSON and on a page what is %s', async (name, verdict, status, [field, value]) => {
    const authorization = `Basic ${name}`
    verdicts.set(authorization, verdict)
    for (const accept of ['*/*', 'text/html']) {
      const response = await ask('/', { authorization, accept })
      expect(response?.status).toBe(status)
      expect(response?.headers.get(field)).toBe(value)
      expect(response?.headers.get('Cache-Control')).toBe('no-store')
      expect(response?.headers.get('Content-Type')).toMatch(accept === '*/*' ? 'json' : 'html')
    }
  })

  it('takes the address of the client from a trusted proxy', async () => {
    const authorization = 'Basic wrong'
    await ask('/', { authorization })
    await ask('/', { authorization, 'X-Forwarded-For': '198.51.100.9, 198.51.100.7' })
    expect(addresses.slice(-2)).toEqual(['192.0.2.1', '198.51.100.7'])
  })

  it('lets in who has the password, also with a link that is not valid', async () => {
    const right = { authorization: 'Basic right' }
    for (const path of ['/metrics', '/api/stream/film.mp4', '/api/stream/film.mp4?expires=1&signature=A']) {
      expect(await (await ask(path, right))?.text()).toBe(SECRET)
    }
  })
})

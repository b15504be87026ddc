import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { now, origin, secret, verify } from '../../test/support/links.ts'
import { exactMessage, prefixMessage, unsignedPath } from './signed-claim.ts'
import { type SignOptions, signUrl, verifySignedUrl } from './signed-url.ts'

const EXPIRES = now / 1000 + 3600

const sign = (url: string, options: Partial<SignOptions> = {}) =>
  signUrl(url, { secret, expiresIn: 3600, now, scope: 'prefix', ...options })

/** The same question, answered in plain words: no pattern and no code is shared with what is tested. */
function mayBeServed(target: string, method: string): boolean {
  const [path = ''] = target.split('?')
  if (target.includes('#') || !path.startsWith('/')) return false
  const names = path.slice(1).split('/')
  const isPermission = (name: string) => {
    const [word, expires = '', signature = '', ...more] = name.split('~')
    const isNumber = [...expires].every((digit) => '0123456789'.includes(digit))
    return word === 'signed' && more.length === 0 && signature.length === 43 && isNumber && expires.length > 0
  }
  if (names.filter(isPermission).length !== 1) return false
  const at = names.findIndex(isPermission)
  if (at === names.length - 1) return false
  if (names.some((name) => ['.', '..'].includes(decodeURIComponent(name)))) return false
  if (names.some((name) => /[\\/]/.test(decodeURIComponent(name)))) return false
  const [, expires = '', signature] = (names[at] ?? '').split('~')
  const folder = names.slice(0, at).map((name) => `/${name}`)
  const text = `${method === 'HEAD' ? 'GET' : method}\nprefix\n${folder.join('')}/\n${expires}`
  return (
    createHmac('sha256', secret).update(text).digest('base64url') === signature &&
    Number(expires) * 1000 >= now
  )
}

describe('signing a folder', () => {
  it('puts one segment of unreserved characters behind its path', async () => {
    expect(await sign('/api/stream/film/')).toBe(
      `/api/stream/film/signed~${EXPIRES}~W78vN1pZGM3ewhIVK-yIiHR4gRRnXD7peZDjhdzd-mM/`,
    )
    expect(await sign('/')).toMatch(/^\/signed~\d{10}~[\w-]{43}\/$/)
    expect(await sign('https://media.example/a%2db/%c3%b1/')).toMatch(
      /^https:\/\/media\.example\/a-b\/%C3%B1\/signed~\d{10}~[\w-]{43}\/$/,
    )
    expect(await sign('/film/')).toBe(await sign(String(new URL('/film/', origin)).slice(origin.length)))
  })

  it.each([
    '/api/stream/film',
    '/film.mp4',
    '/film/?download',
    '/film/?',
    '/film/#part',
    '/a/../b/',
    '/a/%2e%2e/b/',
    '/a%2Fb/',
    '/a%5cb/',
    '/a\\b/',
    '/100%/',
    'film/',
    `/film/signed~1767225600~${'A'.repeat(43)}/`,
    `/film/signed~1767225600~${'A'.repeat(43)}/720p/`,
  ])('is refused for %s', async (url) => {
    await expect(sign(url)).rejects.toThrow(TypeError)
  })

  it('is refused for another scope, and a file below a signed folder is not signed again', async () => {
    await expect(sign('/film/', { scope: 'folder' as 'prefix' })).rejects.toThrow(TypeError)
    for (const path of ['film.mp4', '']) {
      await expect(sign(`${await sign('/film/')}${path}`, { scope: 'exact' })).rejects.toThrow(TypeError)
    }
  })
})

describe('the link to a folder', () => {
  const BELOW = [
    '',
    'index.m3u8',
    '720p/1.ts',
    'a/b/c/',
    'My%20film.mp4',
    'se%C3%B1as/se%c3%b1as.ts',
    '%66ilm.mp4',
    'index.m3u8?_HLS_msn=3&_HLS_part=1',
    'film.mp4?download',
    'film.mp4?expires=1&signature=x',
    'a?b?c=/../',
    'signed~1~short/1.ts',
    'signed/1.ts',
  ]
  it.each(BELOW)('permits %j below it, for GET and HEAD', async (rest) => {
    for (const url of [`${await sign('/api/stream/film/')}${rest}`, `${await sign('/')}${rest}`]) {
      expect([await verify(url), await verify(url, 'HEAD'), await verify(origin + url)]).toEqual([
        true,
        true,
        true,
      ])
      for (const method of ['POST', 'PUT', 'DELETE', 'get', '']) expect(await verify(url, method)).toBe(false)
    }
    expect(await verify(`${await sign('/film/', { method: 'PUT' })}${rest}`, 'PUT')).toBe(true)
  })

  it('may be spelled in another way by clients', async () => {
    const link = await sign('/se%C3%B1as/')
    for (const other of [
      link.replace('signed~', 'signed%7E'),
      link.replaceAll('~', '%7e'),
      link.replace('%C3%B1', '%c3%b1'),
      link.replace('se%', '%73e%'),
    ]) {
      expect(other).not.toBe(link)
      expect(await verify(`${other}1.ts`), other).toBe(true)
    }
  })

  it('is valid until it expires, plus the tolerance', async () => {
    const link = `${await sign('/film/')}1.ts`
    expect(await verify(link, 'GET', { now: EXPIRES * 1000 })).toBe(true)
    expect(await verify(link, 'GET', { now: EXPIRES * 1000 + 1 })).toBe(false)
    expect(await verify(link, 'GET', { now: EXPIRES * 1000 + 30_000, clockTolerance: 30 })).toBe(true)
    expect(await verify(link, 'GET', { now: EXPIRES * 1000 + 31_000, clockTolerance: 30 })).toBe(false)
  })

  it('is valid by any of several secrets, and by no other', async () => {
    const link = `${await sign('/film/')}1.ts`
    expect(await verify(link, 'GET', { secrets: ['new', secret] })).toBe(true)
    expect(await verify(link, 'GET', { secrets: ['new', 'newer'] })).toBe(false)
    await expect(verify(link, 'GET', { secrets: [] })).rejects.toThrow(TypeError)
  })

  it('permits nothing that an app could take for a file outside', async () => {
    const link = await sign('/api/stream/film/')
    for (const rest of [
      '../secret.mp4',
      'a/../../secret.mp4',
      '..',
      './1.ts',
      '%2e%2e/secret.mp4',
      '.%2E/secret.mp4',
      '..%2fsecret.mp4',
      'a%2F1.ts',
      '..%5Csecret.mp4',
      '..\\secret.mp4',
      '%',
      '1.ts#part',
      'película.ts',
    ]) {
      expect(
        await verifySignedUrl({ url: link + rest, method: 'GET' }, { secrets: [secret], now }),
        rest,
      ).toBe(false)
    }
    const [segment = ''] = link.split('/').slice(-2)
    for (const other of [
      '/api/stream/secret.mp4',
      '/api/stream/film/1.ts',
      `/api/stream/${segment}/secret.mp4`,
      `/api/stream/film2/${segment}/1.ts`,
      `/api/stream/film/sub/${segment}/1.ts`,
      `/api/stream/FILM/${segment}/1.ts`,
      `/api/stream//film/${segment}/1.ts`,
      `/x/api/stream/film/${segment}/1.ts`,
      `/${segment}/api/stream/film/1.ts`,
      `/api/stream/film/${segment}`,
      `/api/stream/film/${segment}?/1.ts`,
      `/api/stream/film/${segment}/${segment}/1.ts`,
      `/api/stream/film/${segment}/a/${segment}`,
      `/api/stream/film/?${segment}/1.ts`,
    ]) {
      expect(await verify(other), other).toBe(false)
    }
  })

  it('is no link to one file, and the other way round', async () => {
    const [, expires, signature] = /signed~(\d+)~([\w-]+)/.exec(await sign('/film/')) ?? []
    expect(await verify(`/film/?expires=${expires}&signature=${signature}`)).toBe(false)
    const exact = await sign('/film/', { scope: 'exact' })
    const { searchParams } = new URL(exact, origin)
    expect(
      await verify(`/film/signed~${searchParams.get('expires')}~${searchParams.get('signature')}/1.ts`),
    ).toBe(false)
  })

  it('that was made up permits nothing, even if its URL has the signature of one file', async () => {
    const made = `/film/signed~${EXPIRES}~${'A'.repeat(43)}/1.ts`
    const query = `expires=${EXPIRES}`
    const signature = createHmac('sha256', secret).update(`GET\n${made}\n${query}`).digest('base64url')
    expect(await verify(`${made}?${query}&signature=${signature}`)).toBe(false)
  })

  it('permits nothing after a change of any character of it', async () => {
    const link = await sign('/api/stream/film/')
    const accepted: string[] = []
    for (let at = 1; at < link.length; at++) {
      for (const character of 'AZaz09Qq-_~/.%?=&+ 5') {
        const before = link.slice(0, at)
        for (const after of [
          link.slice(at),
          link.slice(at + 1),
          character + link.slice(at + 1),
          character + link.slice(at),
        ]) {
          const url = `${before}${after}1.ts`
          if (url.startsWith(link)) continue
          if (await verify(url)) accepted.push(url)
        }
      }
    }
    expect(accepted).toEqual([])
  }, 120_000)

  const name = fc.oneof(
    fc.constantFrom(
      'film',
      'films',
      'a',
      'signed',
      '.',
      '..',
      '%2E%2E',
      '',
      'a%2Fb',
      '..%5C',
      'x~y',
      '%25',
      '%C3%B1',
    ),
    fc.stringMatching(/^[a-z~.-]{1,5}$/),
  )
  const names = fc.array(name, { maxLength: 4 })
  const ordinary = fc.constantFrom('film', 'films', 'a', 'se%C3%B1as', 'a-b~c', 'signed')
  const change = fc.constantFrom<((segment: string) => string)[]>(
    ...Array.from({ length: 6 }, () => (segment: string) => segment),
    (segment) => segment.replace('~1', '~2'),
    (segment) => segment.replace(/~\d+/, '~99999999999'),
    (segment) => segment.replace(/~\d+/, '~0$&'),
    (segment) => segment.slice(0, -1),
    (segment) => segment.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    (segment) => `${segment}/${segment}`,
    (segment) => segment.toUpperCase(),
    () => 'signed',
  )
  const asked = fc.record({
    folder: fc.array(ordinary, { maxLength: 3 }),
    before: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: names }),
    rest: fc.oneof(
      { weight: 3, arbitrary: fc.array(ordinary, { maxLength: 3 }) },
      { weight: 1, arbitrary: names },
    ),
    change,
    query: fc.constantFrom('', '?', '?download', '?expires=1&signature=x', '?a=/../', '#x'),
    method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'PUT', 'OPTIONS'),
    signedFor: fc.constantFrom('GET', 'GET', 'GET', 'PUT'),
    by: fc.constantFrom(secret, secret, secret, 'another'),
    expiresIn: fc.constantFrom(3600, 3600, 3600, 1, -1),
  })

  it('permits exactly what a plain reading of its URL does', async () => {
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        asked,
        async ({ folder, before, rest, change, query, method, signedFor, by, expiresIn }) => {
          const path = folder.map((each) => `/${each}`).join('')
          const signedAt = now + Math.min(expiresIn - 1, 0) * 1000
          const link = await sign(`${path}/`, {
            method: signedFor,
            secret: by,
            now: signedAt,
            expiresIn: Math.max(expiresIn, 1),
          })
          const segment = change(link.slice(path.length + 1, -1))
          const start = before === undefined ? path : before.map((each) => `/${each}`).join('')
          const target = `${start}/${segment}/${rest.join('/')}${query}`
          const expected = mayBeServed(target, method)
          seen[`${expected}`]++
          expect(await verify(target, method), target).toBe(expected)
        },
      ),
      { numRuns: 5000 },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(300)
  }, 60_000)
})

describe('the message of a signature', () => {
  it('is never the same for one file and for a folder, whatever is signed', () => {
    const text = fc.oneof(
      fc.constantFrom('GET', 'prefix', '/', '/film/', 'expires=1', '', '\n', 'GET\nprefix\n/film/'),
      fc.string(),
    )
    fc.assert(
      fc.property(
        text,
        text,
        text,
        text,
        text,
        fc.nat(),
        fc.nat(),
        (method, path, query, other, folder, one, two) => {
          // What is signed for a file ends in its expiry.
          const exact = exactMessage(method, path, `${query}expires=${one}`)
          expect(prefixMessage(other, folder, String(two))).not.toBe(exact)
          expect(prefixMessage(method, path, String(one))).not.toBe(exact)
        },
      ),
      { numRuns: 5000 },
    )
  })
})

describe('the path without its permission', () => {
  const segment = `signed~1767225600~${'A'.repeat(43)}`
  it.each([
    [`/api/stream/film/${segment}/720p/1.ts`, '/api/stream/film/720p/1.ts'],
    [`/${segment}/film.mp4`, '/film.mp4'],
    [`/film/${segment}/`, '/film/'],
    [`/film/${segment}`, `/film/${segment}`],
    [`/film/${segment}x/1.ts`, `/film/${segment}x/1.ts`],
    [`/film/x${segment}/1.ts`, `/film/x${segment}/1.ts`],
    ['/film/signed~1~A/1.ts', '/film/signed~1~A/1.ts'],
    ['/film.mp4', '/film.mp4'],
    ['/', '/'],
  ])('%s is %s', (path, expected) => {
    expect(unsignedPath(path)).toBe(expected)
  })
})

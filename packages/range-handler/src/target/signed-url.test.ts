import { describe, expect, it } from 'vitest'
import { now, origin, secret, verify } from '../../test/support/links.ts'
import { signUrl } from './signed-url.ts'

const sign = (url: string, method = 'GET') => signUrl(url, { secret, expiresIn: 3600, method, now })

describe('signUrl', () => {
  it.each([
    '/api/stream/film.mp4',
    'https://media.example/api/stream/a/My%20film.mp4',
    '/api/stream/film.mp4?download',
    '/?a=1&a=2',
    '/?a=1?b=2',
    '/',
  ])('makes a link of %s that is accepted', async (url) => {
    const link = await sign(url)
    expect(link.startsWith(url)).toBe(true)
    expect(await verify(link)).toBe(true)
  })

  it.each([
    ['/%66ilm.mp4', '/film.mp4'],
    ['/%7euser/ma%c3%b1ana.mp4', '/~user/ma%C3%B1ana.mp4'],
    ['https://media.example/R%26d/a%5b1].mp4?x=%7e', 'https://media.example/R%26d/a%5B1].mp4?x=%7e'],
  ])('writes %s as %s, and leaves the query unchanged', async (url, normal) => {
    const link = await sign(url)
    expect(link.startsWith(normal)).toBe(true)
    expect(await verify(link)).toBe(true)
  })

  it('signs a path in normal form as it always did', async () => {
    expect(await sign('/api/stream/My%20film.mp4?download')).toBe(
      '/api/stream/My%20film.mp4?download&expires=1767229200&signature=Oq04zl4Qws-2mBt9rtp1nOHE7AZbx4J94jbH6RQYzFA',
    )
  })

  it('takes a URL object', async () => {
    expect(await verify(await signUrl(new URL('/film.mp4', origin), { secret, expiresIn: 60, now }))).toBe(
      true,
    )
  })

  it.each([
    [{ secret: '', expiresIn: 60 }, '/a'],
    [{ secret: undefined as unknown as string, expiresIn: 60 }, '/a'],
    [{ secret, expiresIn: 0 }, '/a'],
    [{ secret, expiresIn: Number.NaN }, '/a'],
    [{ secret, expiresIn: Number.POSITIVE_INFINITY }, '/a'],
    [{ secret, expiresIn: 60 }, '/a#part'],
    [{ secret, expiresIn: 60 }, '/a?expires=1'],
    [{ secret, expiresIn: 60 }, '/a?b&%73ignature=1'],
    [{ secret, expiresIn: 60 }, 'a.mp4'],
    [{ secret, expiresIn: 60 }, 'https://media.example?a'],
    [{ secret, expiresIn: 60 }, '/a/../b'],
    [{ secret, expiresIn: 60 }, '/a/%2e%2e/b'],
    [{ secret, expiresIn: 60 }, '/a\\b'],
    [{ secret, expiresIn: 60 }, '/100%.mp4'],
    [{ secret, expiresIn: 60 }, '/not encoded.mp4'],
    [{ secret, expiresIn: 60 }, '/película.mp4'],
  ])('throws for %j and %s', async (options, url) => {
    await expect(signUrl(url, options)).rejects.toThrow(TypeError)
  })
})

describe('verifySignedUrl', () => {
  it('accepts HEAD with a link for GET, and no other method', async () => {
    const link = await sign('/film.mp4')
    expect(await verify(link, 'HEAD')).toBe(true)
    for (const method of ['POST', 'PUT', 'DELETE', 'get', '']) expect(await verify(link, method)).toBe(false)
    expect(await verify(await sign('/film.mp4', 'PUT'), 'PUT')).toBe(true)
  })

  it('accepts a link until it expires, plus the tolerance', async () => {
    const link = await sign('/film.mp4')
    expect(await verify(link, 'GET', { now: now + 3_600_000 })).toBe(true)
    expect(await verify(link, 'GET', { now: now + 3_601_000 })).toBe(false)
    expect(await verify(link, 'GET', { now: now + 3_630_000, clockTolerance: 30 })).toBe(true)
    expect(await verify(link, 'GET', { now: now + 3_631_000, clockTolerance: 30 })).toBe(false)
  })

  it('accepts a link by any of several secrets, and by no other', async () => {
    const link = await sign('/film.mp4')
    expect(await verify(link, 'GET', { secrets: ['new', secret] })).toBe(true)
    expect(await verify(link, 'GET', { secrets: ['new', 'newer'] })).toBe(false)
  })

  it.each<[string, { secrets?: string[]; now?: number; clockTolerance?: number }]>([
    ['no secrets', { secrets: [] }],
    ['an empty secret', { secrets: [''] }],
    ['an empty secret behind another', { secrets: [secret, ''] }],
    ['a secret that is missing', { secrets: [undefined as unknown as string] }],
    ['a text in place of the list', { secrets: secret as unknown as string[] }],
    ['a tolerance that is not a number', { clockTolerance: Number.NaN }],
    ['a tolerance without end', { clockTolerance: Number.POSITIVE_INFINITY }],
    ['a negative tolerance', { clockTolerance: -1 }],
    ['a time that is not a number', { now: Number.NaN }],
  ])('rejects %s, whatever the link', async (_, options) => {
    for (const link of [await sign('/film.mp4'), '/film.mp4']) {
      await expect(verify(link, 'GET', options)).rejects.toThrow(TypeError)
    }
  })

  it.each([
    ['needless encoding', '/se%C3%B1as/film.mp4', '/se%C3%B1as/%66ilm%2emp4'],
    ['hex digits in lower case', '/se%C3%B1as/film.mp4', '/se%c3%b1as/film.mp4'],
  ])('accepts another spelling of the same path: %s', async (_, path, other) => {
    const link = await sign(path)
    expect(await verify(link.replace(path, other))).toBe(true)
    expect(await verify((await sign(other)).replace(other, path))).toBe(true)
  })

  it('rejects another spelling of a reserved character, which may mean something else', async () => {
    const link = await sign('/R&D/film.mp4')
    expect(await verify(link.replace('&D', '%26D'))).toBe(false)
  })

  it.each([
    ['an encoding of an encoding', '/film.mp4', '/%2566ilm.mp4'],
    ['a dot segment', '/film.mp4', '/a/../film.mp4'],
    ['an encoded dot segment', '/film.mp4', '/%2e/film.mp4'],
    ['an encoded slash', '/a/film.mp4', '/a%2Ffilm.mp4'],
    ['a doubled slash', '/a/film.mp4', '/a//film.mp4'],
    ['a backslash', '/a/film.mp4', '/a\\film.mp4'],
    ['other letters', '/film.mp4', '/Film.mp4'],
    ['a decomposed letter', '/se%C3%B1as.mp4', '/sen%CC%83as.mp4'],
    ['a malformed encoding', '/100%25.mp4', '/100%.mp4'],
  ])('rejects another path, however similar: %s', async (_, path, other) => {
    const link = await sign(path)
    expect(await verify(link)).toBe(true)
    expect(await verify(link.replace(path, other))).toBe(false)
  })

  it('rejects another spelling of the query', async () => {
    const link = await sign('/film.mp4?at=%7E')
    expect(await verify(link.replace('%7E', '%7e'))).toBe(false)
    expect(await verify(link.replace('%7E', '~'))).toBe(false)
    expect(await verify(link.replace('expires', '%65xpires'))).toBe(false)
  })

  it.each([
    ['nothing', '/film.mp4'],
    ['no signature', '/film.mp4?expires=99999999999'],
    ['an empty signature', '/film.mp4?expires=99999999999&signature='],
    ['a signature that is no base64url', `/film.mp4?expires=99999999999&signature=${'='.repeat(43)}`],
    ['a short signature', '/film.mp4?expires=99999999999&signature=abc'],
    ['an endless number', `/film.mp4?expires=${'9'.repeat(5000)}&signature=${'A'.repeat(43)}`],
  ])('rejects %s', async (_, url) => {
    expect(await verify(url)).toBe(false)
  })

  it.each([
    ['added in front', (link: string) => link.replace('?', '?a=1&')],
    ['added behind', (link: string) => `${link}&a=1`],
    ['doubled', (link: string) => `${link}&${link.split('?')[1]}`],
    ['exchanged', (link: string) => link.replace('film', 'other')],
    ['prolonged', (link: string) => link.replace(/expires=(\d)/, 'expires=9$1')],
    ['in another order', (link: string) => link.replace(/(expires=\d+)&(signature=.+)/, '$2&$1')],
  ])('rejects a link with something %s', async (_, change) => {
    expect(await verify(change(await sign('/film.mp4')))).toBe(false)
  })

  it('accepts none of 100,000 mutations of a valid link', async () => {
    const link = await sign('/api/stream/film.mp4?download')
    const target = link.slice(1)
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_&=?%./+~ '
    let seed = 42
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    const pick = () => characters[random(characters.length)] ?? ''
    const accepted: string[] = []
    for (let round = 0; round < 100_000; round++) {
      const at = random(target.length)
      const kept = random(3)
      // One character exchanged, added or removed; in one round of four, twice.
      let mutant = target.slice(0, at) + (kept < 2 ? pick() : '') + target.slice(at + (kept === 1 ? 0 : 1))
      if (random(4) === 0)
        mutant = mutant.slice(0, random(mutant.length)) + pick() + mutant.slice(random(mutant.length))
      if (mutant !== target && (await verify(`/${mutant}`))) accepted.push(mutant)
    }
    expect(accepted).toEqual([])
  }, 120_000)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFromPath, pathOf } from './resource-key.ts'

describe('keyFromPath', () => {
  it.each([
    ['/film.mp4', '/', 'film.mp4'],
    ['/a/b/film.mp4', '/', 'a/b/film.mp4'],
    ['/api/stream/film.mp4', '/api/stream', 'film.mp4'],
    ['/api/stream/a/b.mp4', '/api/stream', 'a/b.mp4'],
    ['/api/stream/a/My%20video.mp4', '/api/stream', 'a/My video.mp4'],
    ['/Canci%C3%B3n.mp3', '/', 'Canción.mp3'],
    ['/%F0%9F%8E%AC.mp4', '/', '🎬.mp4'],
    ['/100%25.mp4', '/', '100%.mp4'],
    ['/a%2Bb.mp4', '/', 'a+b.mp4'],
    ['/a+b.mp4', '/', 'a+b.mp4'],
    ['/a%3Fb%23c.mp4', '/', 'a?b#c.mp4'],
    ['/a%3Ab%5Bc%5D%40.mp4', '/', 'a:b[c]@.mp4'],
    ['/%7Ba%7D%7C%60%5E%22%3C%3E.mp4', '/', '{a}|`^"<>.mp4'],
    ['/...', '/', '...'],
    ['/.hidden', '/', '.hidden'],
    ['/a..b/c.', '/', 'a..b/c.'],
    ['/~user/A-Z_0.9', '/', '~user/A-Z_0.9'],
  ])('reads %s below %s as %j', (path, prefix, key) => {
    expect(keyFromPath(path, prefix)).toBe(key)
  })

  it('reads the whole path by default', () => {
    expect(keyFromPath('/a/b')).toBe('a/b')
  })

  it('ignores a slash at the end of the prefix', () => {
    expect(keyFromPath('/api/stream/a/b', '/api/stream/')).toBe('a/b')
  })

  it.each([
    '',
    '/',
    'film.mp4',
    '//film.mp4',
    '/a//b',
    '/a/',
    '/.',
    '/..',
    '/./a',
    '/../a',
    '/a/.',
    '/a/..',
    '/a/../b',
    '/a\\b',
    '/a\nb',
    '/a\u0000b',
    '/a\u007fb',
    '/a\u0085b',
  ])('rejects %j, which is not canonical', (path) => {
    expect(keyFromPath(path)).toBeUndefined()
  })

  it('rejects a path that ends where the route is mounted', () => {
    expect(keyFromPath('/api/stream', '/api/stream')).toBeUndefined()
    expect(keyFromPath('/api/stream/', '/api/stream')).toBeUndefined()
    expect(keyFromPath('/api', '/api/stream')).toBeUndefined()
  })

  it('rejects a path that is not below the prefix, segment by segment', () => {
    expect(keyFromPath('/api/streams/a', '/api/stream')).toBeUndefined()
    expect(keyFromPath('/API/stream/a', '/api/stream')).toBeUndefined()
    expect(keyFromPath('/x/api/stream/a', '/api/stream')).toBeUndefined()
  })

  const encode = (code: number) => `%${code.toString(16).padStart(2, '0')}`
  const unreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
  const codes = Array.from({ length: 128 }, (_, code) => code)
  const refused = codes.filter(
    (code) => code < 0x20 || code === 0x7f || `/\\${unreserved}`.includes(String.fromCharCode(code)),
  )

  it.each(refused.map(encode))('rejects %s, which is encoded without need or not allowed', (encoded) => {
    expect(keyFromPath(`/a${encoded}b`)).toBeUndefined()
    expect(keyFromPath(`/a${encoded.toUpperCase()}b`)).toBeUndefined()
  })

  it.each(codes.filter((code) => !refused.includes(code)).map((code) => [encode(code), code] as const))(
    'decodes %s, which a path may need',
    (encoded, code) => {
      expect(keyFromPath(`/a${encoded}b`)).toBe(`a${String.fromCharCode(code)}b`)
      expect(keyFromPath(`/a${encoded.toUpperCase()}b`)).toBe(`a${String.fromCharCode(code)}b`)
    },
  )

  it.each(['/%', '/%2', '/%zz', '/%C3', '/%C3%28', '/%C0%AF', '/%E0%80%AF', '/%ED%A0%80', '/%FF', '/%C2%85'])(
    'refuses %s, which is no text in UTF-8 or a control character',
    (path) => {
      expect(keyFromPath(path)).toBeUndefined()
    },
  )

  it('decodes once', () => {
    expect(keyFromPath('/%252e%252e/a')).toBe('%2e%2e/a')
    expect(keyFromPath('/a%252fb')).toBe('a%2fb')
  })

  it('never throws, and never returns a key that climbs', () => {
    const piece = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '\\',
      '%',
      'a',
      '%00',
      '%C3',
      '%A9',
      '%25',
      '\u0000',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom('/', '/a', '/a/a'),
        (pieces, prefix) => {
          const segments = keyFromPath(`/${pieces.join('')}`, prefix)?.split('/') ?? []
          expect(segments.filter((segment) => ['', '.', '..'].includes(segment))).toEqual([])
        },
      ),
    )
  })

  it('returns any name that was encoded', () => {
    const name = fc
      .array(
        fc.constantFrom('a', 'Z', '0', ' ', '%', '+', '#', '?', '&', 'é', '漢', '🎬', '~', "'", '(', '*'),
        {
          minLength: 1,
        },
      )
      .map((characters) => characters.join(''))
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        expect(keyFromPath(`/${names.map(encodeURIComponent).join('/')}`)).toBe(names.join('/'))
      }),
    )
  })
})

describe('pathOf', () => {
  it.each([
    ['http://localhost/a/b', '/a/b'],
    ['http://localhost/', '/'],
    ['http://localhost', '/'],
    ['https://user@host:8001/a%20b?c=/d', '/a%20b'],
    ['http://localhost/a?b#c', '/a'],
    ['http://localhost/a#b?c', '/a'],
    ['http://localhost/?a', '/'],
    ['http://localhost//a', '//a'],
    ['http://localhost/a/../b', '/a/../b'],
    ['http://localhost/http://b/c', '/http://b/c'],
  ])('of %s is %s, as it is spelled there', (url, path) => {
    expect(pathOf(url)).toBe(path)
  })
})

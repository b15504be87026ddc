import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizeTarget } from './request-target.ts'
import { keyFromPath, pathOf } from './resource-key.ts'

const percent = (code: number) => `%${code.toString(16).padStart(2, '0')}`
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
const UNRESERVED = ASCII.filter((character) => /[\w\-.~]/.test(character))
// `[`, `]` and the like are not allowed in a path, but browsers send them.
const OTHERS = [..."!$&'()*+,;=:@[]^`{|}"]

describe('normalizeTarget', () => {
  it.each([
    '/',
    '/api/stream/film.mp4',
    '/api/stream/My%20film%20%C3%A9.mp4',
    '/api/stream/a...b/c.',
    '/film[1]|2^`{3}.mp4',
    '/R&D/R%26D',
    '/a/.../b',
    '/.hidden/..a',
    "/!$&'()*+,;=:@-._~",
    '/100%25.mp4',
    '/a%2Fb%5Cc',
    '/%FF%00%0A',
    '//a//',
    '/film.mp4?a=../b&c=%7e%zz\\é"',
    '/film.mp4#../%7e',
    '/?',
    'http://host/film.mp4',
    'https://[::1]:80/a/b?c',
  ])('returns %s, which is in normal form, unchanged', (target) => {
    expect(normalizeTarget(target)).toBe(target)
  })

  it.each([
    ['/%7Euser', '/~user'],
    ['/%74en%2Etxt', '/ten.txt'],
    ['/a%2Db%5fc', '/a-b_c'],
    ['/se%c3%b1as', '/se%C3%B1as'],
    ['/a%2fb%5cc', '/a%2Fb%5Cc'],
    ['/R%26D/a%2bb%3A%40', '/R%26D/a%2Bb%3A%40'],
    ['/film%5b1]|%32^`{3}.mp4', '/film%5B1]|2^`{3}.mp4'],
    ['/%66ilm.mp4?at=%7e', '/film.mp4?at=%7e'],
    ['/%66ilm.mp4#%66', '/film.mp4#%66'],
    ['http://host/%66ilm.mp4', 'http://host/film.mp4'],
    ['HTTP://host/film.mp4', 'http://host/film.mp4'],
    ['http://h%6Fst/%66ilm.mp4', 'http://h%6Fst/film.mp4'],
    ['/a%2e%2e/b', '/a../b'],
    ['/%2e%2e%2e', '/...'],
    ['/%2eenv', '/.env'],
    ['/..%2f', '/..%2F'],
  ])('spells %s as %s', (target, normal) => {
    expect(normalizeTarget(target)).toBe(normal)
  })

  it.each([
    ['/%2574en.txt', '/%2574en.txt'],
    ['/%252574', '/%252574'],
    ['/%25%37%34', '/%2574'],
    ['/%252e%252e/a', '/%252e%252e/a'],
    ['/%25%32%65', '/%252e'],
  ])('decodes once, so that %s is %s', (target, normal) => {
    expect(normalizeTarget(target)).toBe(normal)
  })

  it.each([
    '',
    '*',
    'film.mp4',
    '?',
    '#',
    'http://host',
    'http://host?a',
    'http:///a',
    'http:/a',
    'http://a@b/c',
    'http://a\\@b/c',
    'http://a b/c',
    'http://ñ/c',
    'ftp://host/a',
    'file:///a',
    'http://host/../a',
    'http://host/%2e',
  ])('rejects %s, which has no path from the root of an http(s) server', (target) => {
    expect(normalizeTarget(target)).toBeUndefined()
  })

  it.each([
    '/.',
    '/..',
    '/./',
    '/../',
    '/a/../b',
    '/a/./b',
    '/a/%2e%2e/b',
    '/a/.%2E/b',
    '/a/%2e./b',
    '/a/%2e',
    '/..?a',
    '/%2e%2e?a',
    '/..#a',
    '/film[1]/..',
  ])('rejects %s, which has a dot segment', (target) => {
    expect(normalizeTarget(target)).toBeUndefined()
  })

  it.each(['/%', '/%2', '/%zz', '/%2g', '/%%37%34', '/%2%35', '/%u0041', '/100%.mp4', '/%\uff11\uff11'])(
    'refuses %s, which has a percent sign without two hex digits',
    (target) => {
      expect(normalizeTarget(target)).toBeUndefined()
    },
  )

  it.each([
    ...ASCII.filter((character) => /[^\w!$&'()*+,\-.:;=@~/?#%[\]^`{|}]/.test(character)),
    'é',
    '\u00a0',
  ])('rejects %j raw in a path', (character) => {
    expect(normalizeTarget(`/a${character}b`)).toBeUndefined()
    expect(normalizeTarget(`/%66${character}b`)).toBeUndefined()
  })

  it.each(UNRESERVED)('never encodes %s', (character) => {
    const encoded = percent(character.charCodeAt(0))
    expect(normalizeTarget(`/a${character}b`)).toBe(`/a${character}b`)
    expect(normalizeTarget(`/a${encoded}b`)).toBe(`/a${character}b`)
    expect(normalizeTarget(`/a${encoded.toUpperCase()}b`)).toBe(`/a${character}b`)
  })

  it('leaves every other byte encoded if it was', () => {
    for (let code = 0; code < 256; code++) {
      if (UNRESERVED.includes(String.fromCharCode(code))) continue
      const encoded = percent(code)
      expect(normalizeTarget(`/a${encoded}b`)).toBe(`/a${encoded.toUpperCase()}b`)
    }
  })

  it.each(OTHERS)('leaves %s raw in a path', (character) => {
    expect(normalizeTarget(`/a${character}b`)).toBe(`/a${character}b`)
    expect(normalizeTarget(`/%61${character}b`)).toBe(`/a${character}b`)
  })

  it('takes time proportional to the length of the target', () => {
    const started = performance.now()
    for (const piece of ['/', '/a', '/.', '/..a', '%', '%2e', '/%2e', 'a', '[', 'http://']) {
      normalizeTarget(`/${piece.repeat(200_000)}\\`)
      normalizeTarget(`http://h/${piece.repeat(200_000)}\\`)
    }
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('any target', () => {
  const piece = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('/', '/', '.', '..', '%2e', '%2E', '%2F', '%5c', '\\', '%', '%25'),
    },
    { weight: 2, arbitrary: fc.nat({ max: 255 }).map(percent) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('a', 'e', '2', '5', 'private', '&', '%26', '[', '%5b', 'ñ', '%C3%B1'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 2 }) },
  )
  const target = fc.array(piece, { maxLength: 14 }).map((pieces) => `/${pieces.join('')}`)
  const keyOf = (path: string | undefined) =>
    path === undefined ? undefined : keyFromPath(pathOf(`http://h${path}`))
  const decoded = (path: string) => {
    try {
      return decodeURIComponent(path)
    } catch {
      return undefined
    }
  }

  it('has a normal form that is its own', () => {
    fc.assert(
      fc.property(target, (text) => {
        const normal = normalizeTarget(text)
        if (normal !== undefined) expect(normalizeTarget(normal)).toBe(normal)
      }),
      { numRuns: 5000 },
    )
  })

  it('means the same before and after, decoded once', () => {
    fc.assert(
      fc.property(target, (text) => {
        const normal = normalizeTarget(text)
        if (normal === undefined) return
        const [path = ''] = text.split(/[?#]/, 1)
        expect(decoded(pathOf(`http://h${normal}`))).toBe(decoded(path))
        expect(normal.endsWith(text.slice(path.length))).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  it('names the same key as before, and none that climbs', () => {
    fc.assert(
      fc.property(target, (text) => {
        const before = keyOf(text)
        const after = keyOf(normalizeTarget(text))
        if (before !== undefined && after !== undefined) expect(after).toBe(before)
        if (after !== undefined) {
          expect(after).toBe(decoded(pathOf(`http://h${text}`).slice(1)))
          expect(after.split('/').filter((segment) => ['', '.', '..'].includes(segment))).toEqual([])
        }
      }),
      { numRuns: 5000, examples: [['/%70rivate/x'], ['/a/%2e%2e/b'], ['/a%2fb'], ['/%2570rivate']] },
    )
  })

  it('is not resolved to another by a URL parser once it is in normal form', () => {
    fc.assert(
      fc.property(target, (text) => {
        const normal = normalizeTarget(text)
        if (normal === undefined) return
        const { pathname } = new URL(`http://h${normal}`)
        expect(decoded(pathname)).toBe(decoded(pathOf(`http://h${normal}`)))
        expect(pathname.split('/').length).toBe(pathOf(`http://h${normal}`).split('/').length)
      }),
      { numRuns: 5000 },
    )
  })

  it('is the same for all spellings of a key that differ in needless encoding or in case', () => {
    const character = fc.oneof(
      fc.constantFrom(...UNRESERVED, ...OTHERS, '%', ' ', '"', '<', '>', '?', '#'),
      fc.constantFrom('ñ', '漢', '🎬', '\u2028'),
    )
    const key = fc
      .array(fc.array(character, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 })
      .map((segments) => segments.map((segment) => segment.join('')))
      .filter((segments) => !segments.some((segment) => segment === '.' || segment === '..'))
    const canBeRaw = new Set(UNRESERVED)
    const spell = (text: string, choices: readonly number[]) =>
      [...text]
        .map((symbol, at) => {
          const choice = choices[at % choices.length] ?? 0
          if (choice === 0 && canBeRaw.has(symbol)) return symbol
          const bytes = [...new TextEncoder().encode(symbol)].map(percent).join('')
          return choice === 1 ? bytes.toUpperCase() : bytes
        })
        .join('')
    const choices = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(key, choices, choices, (segments, one, other) => {
        const [a, b] = [one, other].map((how) =>
          normalizeTarget(`/${segments.map((segment) => spell(segment, how)).join('/')}`),
        )
        expect(a).toBeDefined()
        expect(a).toBe(b)
        expect(keyOf(a)).toBe(segments.join('/'))
      }),
      { numRuns: 3000 },
    )
  })
})

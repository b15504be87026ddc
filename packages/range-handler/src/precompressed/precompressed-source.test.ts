import { afterEach, describe, expect, it, vi } from 'vitest'
import { at, compressedShelf, type Stored } from '../../test/support/compressed-shelf.ts'
import { get } from '../../test/support/handlers.ts'
import { openExchange } from '../deferred/exchange.ts'
import { createHandler } from '../handler.ts'
import type { ContentCoding } from './accepted-codings.ts'
import { type PrecompressedOptions, precompressed } from './precompressed-source.ts'

const BROWSER = 'gzip, deflate, br, zstd'
const THREE: Readonly<Record<string, Stored>> = {
  'a.css': {},
  'a.css.br': {},
  'a.css.zst': {},
  'a.css.gz': {},
}

/** A response to a request for `a.css`, and what was opened and closed for it. */
async function ask(
  stored: Readonly<Record<string, Stored>>,
  acceptEncoding: string | null = BROWSER,
  {
    fields = {},
    method = 'GET',
    path = '/a.css',
    ...options
  }: PrecompressedOptions & {
    fields?: Record<string, string>
    method?: string
    path?: string
  } = {},
) {
  const shelf = compressedShelf(stored)
  const handler = createHandler(precompressed(shelf.source, options))
  const accepting = acceptEncoding === null ? fields : { ...fields, 'Accept-Encoding': acceptEncoding }
  const response = await handler(get(path, accepting, method))
  const text = await response.text()
  expect(shelf.unbalanced()).toEqual([])
  const field = (name: string) => response.headers.get(name)
  return { status: response.status, text, field, log: shelf.log }
}

describe('precompressed', () => {
  it.each([
    ['br', 'bytes of a.css.br', 'br'],
    ['zstd', 'bytes of a.css.zst', 'zstd'],
    ['gzip', 'bytes of a.css.gz', 'gzip'],
    ['x-gzip', 'bytes of a.css.gz', 'gzip'],
    [BROWSER, 'bytes of a.css.br', 'br'],
    ['gzip, br;q=0.5', 'bytes of a.css.gz', 'gzip'],
    ['identity', 'bytes of a.css', null],
    ['', 'bytes of a.css', null],
    [null, 'bytes of a.css', null],
    ['deflate', 'bytes of a.css', null],
    ['identity;q=0, deflate', 'bytes of a.css', null],
  ])('answers Accept-Encoding: %s with %s', async (accepted, text, coding) => {
    const answer = await ask(THREE, accepted)
    expect([answer.status, answer.text, answer.field('content-encoding')]).toEqual([200, text, coding])
    expect(answer.field('vary')).toBe('Accept-Encoding')
    expect(answer.field('content-type')).toBe('text/css')
  })

  it('describes the encoded bytes with the sibling, and what they mean with the original', async () => {
    const { status, text, field } = await ask(
      {
        'a.css': {
          contentType: 'text/css; charset=utf-8',
          cacheControl: 'max-age=60',
          fields: { 'Content-Language': 'es', vary: 'Origin' },
          digests: { 'sha-256': 'b3JpZ2luYWw=' },
        },
        'a.css.br': {
          contentType: 'application/octet-stream',
          cacheControl: 'max-age=1',
          fields: { 'Content-Language': 'en' },
          lastModified: at(1),
          digests: { 'sha-256': 'c2libGluZw==' },
        },
      },
      BROWSER,
      { fields: { 'Want-Repr-Digest': 'sha-256=1' } },
    )
    expect([status, text]).toEqual([200, 'bytes of a.css.br'])
    const names =
      'content-type cache-control content-language vary content-length etag last-modified repr-digest'
    expect(names.split(' ').map(field)).toEqual([
      'text/css; charset=utf-8',
      'max-age=60',
      'es',
      'Origin, Accept-Encoding',
      '17',
      '"tag-of-a.css.br-br"',
      'Mon, 01 Jan 2024 00:00:01 GMT',
      'sha-256=:c2libGluZw==:',
    ])
  })

  it("never sends the original's digest with the bytes of a sibling (RFC 9530 §3)", async () => {
    const stored = { 'a.css': { digests: { 'sha-256': 'b3JpZ2luYWw=' } }, 'a.css.br': {} }
    const fields = { 'Want-Repr-Digest': 'sha-256=1' }
    expect((await ask(stored, BROWSER, { fields })).field('repr-digest')).toBeNull()
    expect((await ask(stored, 'gzip', { fields })).field('repr-digest')).toBe('sha-256=:b3JpZ2luYWw=:')
  })

  it('computes ranges and preconditions on the encoded bytes', async () => {
    const tag = '"tag-of-a.css.br-br"'
    const table: readonly (readonly [Record<string, string>, number, string])[] = [
      [{ Range: 'bytes=0-4' }, 206, 'bytes'],
      [{ Range: 'bytes=-2' }, 206, 'br'],
      [{ Range: 'bytes=17-' }, 416, ''],
      [{ Range: 'bytes=0-4', 'If-Range': tag }, 206, 'bytes'],
      [{ Range: 'bytes=0-4', 'If-Range': '"tag-of-a.css"' }, 200, 'bytes of a.css.br'],
      [{ Range: 'bytes=0-4', 'If-Range': '"tag-of-a.css.br"' }, 200, 'bytes of a.css.br'],
      [{ 'If-None-Match': tag }, 304, ''],
      [{ 'If-None-Match': '"tag-of-a.css"' }, 200, 'bytes of a.css.br'],
      [{ 'If-Match': tag }, 200, 'bytes of a.css.br'],
      [{ 'If-Match': '"tag-of-a.css"' }, 412, ''],
    ]
    for (const [fields, status, text] of table) {
      const answer = await ask(THREE, BROWSER, { fields })
      expect([fields, answer.status, answer.text]).toEqual([fields, status, text])
    }
  })

  it('sends Vary with every 200, 206 and 304 of a key, and of each of its codings', async () => {
    for (const accepted of [BROWSER, 'gzip', null]) {
      for (const fields of [{}, { Range: 'bytes=0-4' }, { 'If-None-Match': '*' }]) {
        for (const method of ['GET', 'HEAD']) {
          const { field, status } = await ask(THREE, accepted, { fields, method })
          expect([status, field('vary')]).toEqual([status, 'Accept-Encoding'])
        }
      }
    }
  })

  it('answers HEAD like GET, without a body', async () => {
    const { status, text, field } = await ask(THREE, BROWSER, { method: 'HEAD' })
    expect([status, text, field('content-length'), field('content-encoding')]).toEqual([200, '', '17', 'br'])
  })

  it('gives codings different tags, even if a store gives their files the same', async () => {
    const etag = { opaque: 'same', weak: false }
    const stored = { 'a.css': { etag }, 'a.css.br': { etag }, 'a.css.gz': { etag } }
    const tags = ['identity', 'br', 'gzip'].map(async (accepted) =>
      (await ask(stored, accepted)).field('etag'),
    )
    expect(await Promise.all(tags)).toEqual(['"same"', '"same-br"', '"same-gzip"'])
  })

  it('keeps a weak tag weak', async () => {
    const { field } = await ask({ 'a.css': {}, 'a.css.br': { etag: { opaque: 'b', weak: true } } })
    expect(field('etag')).toBe('W/"b-br"')
  })

  it('has no date for a sibling without a tag, since it may be that of another coding', async () => {
    const stored = { 'a.css': { etag: undefined }, 'a.css.br': { etag: undefined } }
    expect((await ask(stored)).field('last-modified')).toBeNull()
    expect((await ask(stored, 'identity')).field('last-modified')).not.toBeNull()
    const fields = { Range: 'bytes=0-4', 'If-Range': at(0).toUTCString() }
    expect((await ask(stored, BROWSER, { fields })).status).toBe(200)
  })

  it.each<[string, readonly ContentCoding[], string, string[]]>([
    ['in its own order', ['gzip', 'br'], 'bytes of a.css.gz', ['open a.css', 'open a.css.gz']],
    ['and no others', ['zstd'], 'bytes of a.css.zst', ['open a.css', 'open a.css.zst']],
    ['which may be none', [], 'bytes of a.css', ['open a.css']],
  ])('looks for the codings that it was told, %s', async (_, codings, text, opened) => {
    const answer = await ask(THREE, BROWSER, { codings })
    expect(answer.text).toBe(text)
    expect(answer.log.filter((entry) => entry.startsWith('open'))).toEqual(opened)
  })

  it('refuses a coding that it does not know', () => {
    const { source } = compressedShelf({})
    const codings: readonly ContentCoding[] = JSON.parse('["deflate", "toString", "identity"]')
    for (const coding of codings) {
      expect(() => precompressed(source, { codings: [coding] })).toThrow(
        `Not a coding that is known: ${coding}`,
      )
    }
  })
})

describe('a sibling', () => {
  it.each<[string, Stored, Stored]>([
    ['is older than its original', { lastModified: at(10) }, { lastModified: at(9.999) }],
    ['is older by a millisecond', { lastModified: at(10.002) }, { lastModified: at(10.001) }],
    ['is older by a second, in whole seconds', { lastModified: at(10) }, { lastModified: at(9) }],
    ['may still be being written', {}, { cacheControl: 'no-store' }],
    ['is still being written', {}, { isComplete: false }],
    ['had no length yet when it was opened', {}, { completeLength: undefined }],
    ['has another coding in the store', {}, { fields: { 'content-encoding': 'gzip' } }],
  ])('is not used if it %s, and the next one is', async (_, original, sibling) => {
    const { text, log } = await ask({
      'a.css': original,
      'a.css.br': sibling,
      'a.css.gz': { lastModified: at(20) },
    })
    expect(text).toBe('bytes of a.css.gz')
    expect(log.slice(0, 3)).toEqual(['open a.css', 'open a.css.br', 'close a.css.br'])
  })

  it.each<[string, Stored, Stored]>([
    ['has the date of its original', { lastModified: at(10.123) }, { lastModified: at(10.123) }],
    [
      'has that date without the fraction, as older releases of brotli set it',
      { lastModified: at(10.9) },
      { lastModified: at(10) },
    ],
    ['is younger', { lastModified: at(10) }, { lastModified: at(10.001) }],
    ['has no date', { lastModified: at(10) }, { lastModified: undefined }],
    ['has a date, and its original has none', { lastModified: undefined }, { lastModified: at(10) }],
    ['has its coding in the store', {}, { fields: { 'Content-Encoding': 'br' } }],
  ])('is used if it %s', async (_, original, sibling) => {
    const { text, field } = await ask({ 'a.css': original, 'a.css.br': sibling })
    expect([text, field('content-encoding')]).toEqual(['bytes of a.css.br', 'br'])
  })

  it('of nothing is not served: what does not exist has no coding', async () => {
    const { status, log, field } = await ask({ 'a.css.br': {} })
    expect([status, field('vary'), field('content-encoding')]).toEqual([404, null, null])
    expect(log).toEqual(['open a.css'])
  })

  it('can be requested by its own name, as the file that it is', async () => {
    for (const path of ['/a.css.br', '/a.css.zst', '/a.css.gz']) {
      const { text, field, log } = await ask({ ...THREE, [`${path.slice(1)}.br`]: {} }, BROWSER, { path })
      expect(text).toBe(`bytes of ${path.slice(1)}`)
      expect([field('content-encoding'), field('vary'), field('etag')]).toEqual([
        null,
        null,
        `"tag-of-${path.slice(1)}"`,
      ])
      expect(log).toHaveLength(2)
    }
  })
})

describe('an original', () => {
  it.each<[string, Stored]>([
    ['cannot be told from the next version', { cacheControl: 'max-age=0, no-store' }],
    ['is still being written', { isComplete: false }],
    ['had no length yet when it was opened', { completeLength: undefined }],
    ['is stored in a coding', { fields: { 'content-encoding': 'gzip' } }],
    ...['video/mp4', 'audio/mpeg', 'image/png', 'image/avif'].map((contentType): [string, Stored] => [
      `is ${contentType}`,
      { contentType },
    ]),
  ])('is served as it is if it %s, and nothing else is opened', async (_, original) => {
    const { text, field, log } = await ask({ ...THREE, 'a.css': original })
    expect([text, field('vary')]).toEqual(['bytes of a.css', null])
    expect(field('content-encoding')).toBe(original.fields?.['content-encoding'] ?? null)
    expect(log).toEqual(['open a.css', 'close a.css'])
  })

  it.each(['image/svg+xml', 'application/wasm', 'application/pdf', undefined])(
    'of type %s may have siblings',
    async (contentType) => {
      expect((await ask({ ...THREE, 'a.css': { contentType } })).text).toBe('bytes of a.css.br')
    },
  )

  it('has siblings only where the option `mayHave` says so', async () => {
    const mayHave: PrecompressedOptions['mayHave'] = (key, { completeLength }) =>
      key === 'a.css' && (completeLength ?? 0) > 13
    expect((await ask(THREE, BROWSER, { mayHave })).text).toBe('bytes of a.css.br')
    expect(
      (await ask({ ...THREE, 'a.css': { text: 'short' } }, BROWSER, { mayHave })).field('vary'),
    ).toBeNull()
  })

  it('is the only thing that is opened for a client that accepts no coding', async () => {
    expect((await ask(THREE, 'identity')).log).toEqual(['open a.css', 'close a.css'])
  })

  it('is closed before its sibling is read', async () => {
    const { log } = await ask({ 'a.css': {}, 'a.css.zst': {} })
    expect(log).toEqual(['open a.css', 'open a.css.br', 'open a.css.zst', 'close a.css', 'close a.css.zst'])
  })
})

describe('a sibling that is missing', () => {
  afterEach(() => vi.useRealTimers())

  /** What a second of requests opens, and one more after another `pause` milliseconds. */
  async function opened(pause: number, options: PrecompressedOptions) {
    vi.useFakeTimers({ toFake: ['performance'] })
    const stored: Record<string, Stored> = { 'a.css': {}, 'a.css.gz': {} }
    const shelf = compressedShelf(stored)
    const handler = createHandler(precompressed(shelf.source, { codings: ['br', 'gzip'], ...options }))
    const ask = async () => (await handler(get('/a.css', { 'Accept-Encoding': BROWSER }))).text()
    expect([await ask(), await ask()]).toEqual(['bytes of a.css.gz', 'bytes of a.css.gz'])
    stored['a.css.br'] = {}
    vi.advanceTimersByTime(pause)
    const text = await ask()
    return { text, looked: shelf.log.filter((entry) => entry === 'open a.css.br').length }
  }

  it('is not looked for again for a second', async () => {
    expect(await opened(999, {})).toEqual({ text: 'bytes of a.css.gz', looked: 1 })
    expect(await opened(1000, {})).toEqual({ text: 'bytes of a.css.br', looked: 2 })
  })

  it('is not looked for again for as long as the option `revalidateAfter` says', async () => {
    expect(await opened(49, { revalidateAfter: 50 })).toEqual({ text: 'bytes of a.css.gz', looked: 1 })
    expect(await opened(50, { revalidateAfter: 50 })).toEqual({ text: 'bytes of a.css.br', looked: 2 })
    expect(await opened(0, { revalidateAfter: 0 })).toEqual({ text: 'bytes of a.css.br', looked: 3 })
  })

  it('is looked for again once a thousand others are missing, too', async () => {
    const shelf = compressedShelf(
      Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`${index}.css`, {}])),
    )
    const source = precompressed(shelf.source, { codings: ['br'] })
    const open = async (index: number) =>
      (await source.open(`${index}.css`, { acceptEncoding: 'br' }))?.close()
    for (let index = 0; index <= 1000; index++) await open(index)
    await open(1000)
    await open(0)
    const looked = (index: number) => shelf.log.filter((entry) => entry === `open ${index}.css.br`).length
    expect([looked(1000), looked(0)]).toEqual([1, 2])
  })
})

describe('what precompressed opens', () => {
  it('is opened with the options of the request itself', async () => {
    const shelf = compressedShelf(THREE)
    const options = { signal: AbortSignal.timeout(1000), acceptEncoding: 'zstd, br' }
    const opened = await precompressed(shelf.source).open('a.css', options)
    await opened?.close()
    expect(shelf.options).toEqual([options, options])
    expect(shelf.options.every((other) => other === options)).toBe(true)
    await (await precompressed(shelf.source).open('a.css'))?.close()
    expect(shelf.options.slice(2)).toEqual([undefined])
    expect(shelf.unbalanced()).toEqual([])
  })

  it('needs no promise where the source needs none, and can be read by a server into its own buffers', async () => {
    const handler = createHandler(precompressed(compressedShelf(THREE).source))
    for (const accepted of ['br', 'identity']) {
      const request = get('/a.css', { 'Accept-Encoding': accepted })
      const exchange = openExchange(request)
      expect(handler(request)).toBeInstanceOf(Response)
      const representation = exchange.last?.body.representation
      const target = new Uint8Array(5)
      expect(await representation?.readInto?.(target, 0)).toBe(5)
      expect(new TextDecoder().decode(target)).toBe('bytes')
      exchange.end()
    }
    const without = { hasReadInto: false }
    const shelf = compressedShelf({ 'a.css': without, 'a.css.br': without })
    const opened = await precompressed(shelf.source).open('a.css', { acceptEncoding: 'br' })
    expect(opened?.readInto).toBeUndefined()
  })
})

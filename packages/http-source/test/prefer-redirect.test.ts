import { expect, it } from 'vitest'
import { preferRedirect, type RedirectOptions } from '../src/s3.ts'
import { found, storeThat } from './support/store-that.ts'

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
const missing = () => new Response(null, { status: 404 })

/** What is answered to a request: where it is redirected to, or what `authorize` says. */
async function ask(
  { path = '/', answer = found, ...init }: RequestInit & { path?: string; answer?: () => Response } = {},
  options?: RedirectOptions,
) {
  const { bucket } = storeThat(answer, { credentials })
  const request = new Request(`http://127.0.0.1${path}`, init)
  const result = await preferRedirect(bucket, options)(request, 'a/film.mp4')
  return result instanceof Response ? new URL(result.headers.get('Location') ?? '') : result
}

it('a whole file is sent by the store, with the media type that it would have here', async () => {
  const url = await ask()
  expect(url).toMatchObject({ origin: 'http://store.example', pathname: '/films/a/film.mp4' })
  expect(url).toHaveProperty(
    'search',
    expect.stringMatching(/X-Amz-Expires=60&.*response-content-type=video%2Fmp4/),
  )
  expect(url).toHaveProperty('search', expect.not.stringContaining('disposition'))
})

it.each([
  ['HEAD', { method: 'HEAD' }],
  ['a range', { headers: { Range: 'bytes=0-' } }],
  ['a condition', { headers: { 'If-Modified-Since': 'Sun, 29 Nov 2026 10:00:00 GMT' } }],
  ['what is missing', { answer: missing }],
  ['a request of a script, which the store may not allow', { headers: { 'Sec-Fetch-Mode': 'cors' } }],
])('%s is not', async (_, init) => {
  expect(await ask(init)).toBe(true)
})

it('a download has the name of the file, or that of a function', async () => {
  const dispositionOf = (url: Awaited<ReturnType<typeof ask>>) =>
    url instanceof URL ? url.searchParams.get('response-content-disposition') : url
  const named = { download: () => 'Film.mp4' }
  expect(dispositionOf(await ask({}, { download: true }))).toBe('attachment; filename="film.mp4"')
  expect(dispositionOf(await ask({ path: '/?download' }))).toBe('attachment; filename="film.mp4"')
  expect(dispositionOf(await ask({ path: '/?download' }, named))).toBe('attachment; filename="Film.mp4"')
  expect(dispositionOf(await ask({}, named))).toBeNull()
})

it('nothing is redirected that is not allowed', async () => {
  expect(await ask({}, { authorize: () => false })).toBe(false)
  expect(await ask({}, { authorize: async (_, key) => key !== 'a/film.mp4' })).toBe(false)
  expect(await ask({}, { authorize: async () => true })).toBeInstanceOf(URL)
})

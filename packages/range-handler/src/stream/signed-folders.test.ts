import { describe, expect, it } from 'vitest'
import { blobSource } from '../blob-source.ts'
import { setMountPath } from '../target/mount-path.ts'
import { pathOf } from '../target/resource-key.ts'
import { signUrl } from '../target/signed-url.ts'
import type { TransferListener } from '../transfer.ts'
import { type StreamOptions, streamHandler } from './stream-handler.ts'

const secret = 'known to two'
const signed = { secrets: [secret] }
const sign = (path: string) => signUrl(path, { secret, expiresIn: 60, scope: 'prefix' })

/** Which key a request is served. */
const source = blobSource((key) => ({ data: new Blob([key]) }))

async function answer(options: StreamOptions, target: string, mounted?: string) {
  const request = new Request(`http://localhost${target}`)
  if (mounted !== undefined) setMountPath(request, mounted)
  const response = await streamHandler(source, options)(request)
  return response.status === 200 ? response.text() : response.status
}

describe('a handler of signed links', () => {
  it.each([
    ['/api/stream/film/', '720p/1.ts', 'film/720p/1.ts'],
    ['/api/stream/', 'film/1.ts', 'film/1.ts'],
    ['/api/stream/my%20film/', 'se%C3%B1as.ts', 'my film/señas.ts'],
    ['/api/stream/film/', '1.ts?_HLS_msn=1', 'film/1.ts'],
  ])('serves below %s what is asked for, wherever it is mounted', async (folder, below, key) => {
    const url = (await sign(folder)) + below
    expect(await answer({ signed, prefix: '/api/stream' }, url)).toBe(key)
    expect(await answer({ signed }, url, '/api/stream')).toBe(key)
    // As routers give it, that decode a catch-all parameter.
    const rest = ({ url }: Request) => decodeURIComponent(pathOf(url).slice('/api/stream/'.length))
    expect(await answer({ signed, key: rest }, url)).toBe(key)
    expect(await answer({ signed }, url)).toBe(`api/stream/${key}`)
  })

  it('serves nothing by a link to a folder above it', async () => {
    const url = `${await sign('/api/')}stream/film/1.ts`
    expect(await answer({ signed, prefix: '/api/stream' }, url)).toBe(404)
  })

  it('refuses other folders, and the folder itself is nothing', async () => {
    const link = await sign('/api/stream/film/')
    const options = { signed, prefix: '/api/stream' }
    for (const url of [
      '/api/stream/film/1.ts',
      link.replace('film', 'other'),
      `${link.replace(/.\/$/, '')}/1.ts`,
      `${link}..%2F1.ts`,
      `${link}../1.ts`,
    ]) {
      expect(await answer(options, url), url).toBe(403)
    }
    expect(await answer(options, link)).toBe(404)
    expect(await answer(options, `${link}sub/`)).toBe(404)
  })

  it('names the file alone to authorize, to cacheControl and to listeners', async () => {
    const seen: unknown[] = []
    const onTransfer: TransferListener = ({ key, status }) => void seen.push([key, status])
    const options: StreamOptions = {
      signed,
      prefix: '/api/stream',
      authorize: (_, key) => key !== 'film/secret.ts' && seen.push(key) > 0,
      cacheControl: (key) => {
        seen.push(key)
        return undefined
      },
      onTransfer,
    }
    const link = await sign('/api/stream/')
    expect(await answer(options, `${link}film/1.ts`)).toBe('film/1.ts')
    expect(await answer(options, `${link}film/secret.ts`)).toBe(403)
    expect(seen).toEqual(['film/1.ts', 'film/1.ts', ['film/1.ts', 200], ['film/secret.ts', 403]])
  })

  it('keeps the link out of Referer and shared caches', async () => {
    const handler = streamHandler(source, { signed })
    const { headers } = await handler(new Request(`http://localhost${await sign('/film/')}1.ts`))
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toMatch(/\bprivate\b/)
  })

  it('refuses what is not signed even if its key cannot be told', async () => {
    const key = () => {
      throw new Error('no key')
    }
    expect(await answer({ signed, key, onTransfer() {} }, '/film.mp4')).toBe(403)
  })
})

it('without signed links, a segment that looks like a permission is the name of a folder', async () => {
  const url = `${await sign('/film/')}1.ts`
  expect(await answer({}, url)).toBe(url.slice(1))
})

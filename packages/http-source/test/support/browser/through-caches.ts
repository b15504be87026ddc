import { sha256 } from '@rangekit/test-kit/bytes'
import { expect, it } from 'vitest'
import { FILM } from '../film.ts'
import type { OriginServer } from '../origin-server.ts'
import { ALL, asked, film, SIZE } from './answers.ts'
import { type BrowserPage, site } from './page.ts'

/** Reads through a cache of blocks in the browser. */
export function readsThroughCaches(browser: BrowserPage, server: OriginServer): void {
  it('reads what is in a cache without a request', async () => {
    const found = await browser.run(async ({ cachedSource, openRemote, sha256 }) => {
      const file = await openRemote('/film.mp4', { through: (source) => cachedSource(source) })
      const read = async () => sha256(await file.slice(100_000, 200_000).bytes())
      return [await read(), await read()]
    })
    const part = sha256(FILM.bytes.subarray(100_000, 200_000))
    expect(found).toEqual([part, part])
    expect(asked(server)).toEqual(['HEAD', ALL])
  })

  it('a service worker answers ranges from a cache', async () => {
    server.answer = (request, response, count) =>
      (request.url === '/films/film.mp4' ? film : site)(request, response, count)
    const found = await browser.page.evaluate(async () => {
      const { serviceWorker } = navigator
      const isReady = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve))
      const registration = await serviceWorker.register('/service-worker.js', { type: 'module' })
      await isReady
      const read = async () => {
        const response = await fetch('/cached/film.mp4', { headers: { range: 'bytes=100-103' } })
        const range = response.headers.get('content-range')
        return { status: response.status, range, bytes: [...(await response.bytes())] }
      }
      const answers = [await read(), await read()]
      await registration.unregister()
      return answers
    })
    const answer = { status: 206, range: `bytes 100-103/${SIZE}`, bytes: [...FILM.bytes.subarray(100, 104)] }
    expect(found).toEqual([answer, answer])
    const films = server.seen.filter(({ path }) => path === '/films/film.mp4')
    expect(films.length).toBe(1)
  })
}

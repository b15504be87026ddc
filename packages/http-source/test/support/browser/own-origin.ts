import { expect, it } from 'vitest'
import { FILM } from '../film.ts'
import type { OriginServer } from '../origin-server.ts'
import {
  ALL,
  asked,
  breaking,
  endless,
  expectChange,
  expectFetch,
  film,
  next,
  nextToAnyTag,
  SIZE,
  WHOLE,
} from './answers.ts'
import type { BrowserPage } from './page.ts'

/** Reads of what the page's own server has. */
export function readsOfOwn(browser: BrowserPage, server: OriginServer): void {
  it('reads a file like a Blob', async () => {
    const found = await browser.run(async ({ collect, openRemote, sha256 }) => {
      const file = await openRemote('/film.mp4')
      const { size, type, etag } = file
      const last = await file.slice(-4).bytes()
      const ranges = [100, 0, 200_000].map((start) => ({ start, end: start + 4 }))
      const parts = [last, ...(await file.ranges(ranges))].map((part) => [...part])
      const whole = await sha256(await file.bytes())
      return { size, type, etag, parts, whole, streamed: await sha256(await collect(file.stream())) }
    })
    const parts = [SIZE - 4, 100, 0, 200_000].map((start) => [...FILM.bytes.subarray(start, start + 4)])
    const described = { size: SIZE, type: 'video/mp4', etag: '"one"' }
    expect(found).toEqual({ ...described, parts, whole: WHOLE, streamed: WHOLE })
    const [head, last, ...rest] = asked(server)
    expect([head, last]).toEqual(['HEAD', `GET bytes=${SIZE - 4}-${SIZE - 1}`])
    expect(rest.toSorted()).toEqual(['GET bytes=0-103', ALL, ALL, 'GET bytes=200000-200003'])
    for (const { fields } of server.seen.slice(1)) {
      expect(fields).toMatchObject({ 'if-match': '"one"', 'accept-encoding': 'identity' })
    }
  })

  it('notices that a file has changed between two reads', () =>
    expectChange(browser, server, '/film.mp4', next))

  it('notices it by the tag of an answer where a server does not know If-Match', () =>
    expectChange(browser, server, '/film.mp4', nextToAnyTag))

  it('goes on from the byte at which a connection broke', async () => {
    server.answer = breaking(film)
    const whole = await browser.run(async ({ openRemote, sha256 }) =>
      sha256(await (await openRemote('/film.mp4')).bytes()),
    )
    expect(whole).toBe(WHOLE)
    expect(asked(server)).toEqual(['HEAD', ALL, `GET bytes=100000-${SIZE - 1}`])
  })

  it.each([
    ['of a server that knows If-Match', next],
    ['of one that does not', nextToAnyTag],
  ])('does not mix versions when a connection breaks, %s', async (_, changed) => {
    server.answer = breaking(changed)
    const { fault } = await browser.run(async ({ openRemote, outcomeOf }) => {
      const file = await openRemote('/film.mp4')
      return outcomeOf(file.bytes())
    })
    expect(fault).toBe('changed')
  })

  it('fetches all of a file, unless it is compressed on its way', () =>
    expectFetch(browser, server, '/film.mp4'))

  it('ends the request of a read that is aborted', async () => {
    let open = 0
    server.answer = (request, response, count) => {
      open++
      response.on('close', () => open--)
      endless(request, response, count)
    }
    const left = await browser.run(async ({ openRemote }) => {
      const file = await openRemote('/film.mp4')
      const leaving = new AbortController()
      const reader = file.stream({ signal: leaving.signal }).getReader()
      await reader.read()
      leaving.abort('left')
      return reader.read().catch((reason: unknown) => reason)
    })
    expect(left).toBe('left')
    await expect.poll(() => open).toBe(0)
  })
}

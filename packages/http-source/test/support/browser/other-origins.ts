import { expect, it } from 'vitest'
import type { Answer, OriginServer } from '../origin-server.ts'
import {
  ALL,
  asked,
  expectChange,
  expectFetch,
  film,
  nextToAnyTag,
  sharing,
  WHOLE,
  zipping,
} from './answers.ts'
import type { BrowserPage } from './page.ts'

const FIRST_BYTE = 'GET bytes=0-0'

/** Reads of what a server of another origin has. */
export function readsOfOthers(browser: BrowserPage, home: OriginServer, elsewhere: OriginServer): void {
  const there = `${elsewhere.url}/film.mp4`
  const redirect: Answer = (_, response) => void response.writeHead(302, { location: there }).end()

  /** How the whole of a file is read. */
  const read = (url: string, options: object = {}) =>
    browser.run(
      ({ openRemote, outcomeOf }, url, options) =>
        outcomeOf(openRemote(url, JSON.parse(options)).then((file) => file.bytes())),
      url,
      JSON.stringify(options),
    )

  it.each([
    ['reads a file of another origin that allows no more than Range, without asking for permission', film],
    ['reads one that is compressed for those who do not ask for a range', zipping],
  ])('%s', async (_, answer) => {
    elsewhere.answer = sharing(answer)
    expect(await read(there)).toMatchObject({ digest: WHOLE })
    expect(asked(elsewhere)).toEqual([FIRST_BYTE, ALL])
  })

  it('fetches all of a file of another origin, unless it is compressed on its way', () =>
    expectFetch(browser, elsewhere, there, (answer) => sharing(answer, '')))

  it('notices that a file of another origin has changed', async () => {
    elsewhere.answer = sharing(film)
    await expectChange(browser, elsewhere, there, sharing(nextToAnyTag))
  })

  it('two reads of one file do not wait for each other', async () => {
    let waiting: (() => void)[] = []
    elsewhere.answer = sharing((...exchange) => {
      waiting.push(() => film(...exchange))
      if (waiting.length < 2) return
      for (const answer of waiting) answer()
      waiting = []
    })
    const both = await Promise.all([read(there), read(there)])
    expect(both.map(({ digest }) => digest)).toEqual([WHOLE, WHOLE])
  })

  it('says what is missing if another origin exposes no Content-Range', async () => {
    elsewhere.answer = sharing(film, '')
    expect(await read(there)).toMatchObject({
      fault: 'wrong-range',
      message: expect.stringContaining('Access-Control-Expose-Headers'),
    })
    expect(asked(elsewhere)).toEqual([FIRST_BYTE])
  })

  it('says that another origin may forbid it', async () => {
    expect(await read(there, { retries: 0 })).toMatchObject({
      fault: 'unreachable',
      message: expect.stringContaining('CORS'),
    })
  })

  it('does not follow a redirect to another origin unless told to', async () => {
    elsewhere.answer = sharing(film)
    home.answer = redirect
    expect(await read('/film.mp4')).toMatchObject({ fault: 'redirected' })
    expect(asked(elsewhere)).toEqual([])
  })

  it('follows a redirect to another origin if told to', async () => {
    elsewhere.answer = sharing(film)
    home.answer = redirect
    expect(await read('/film.mp4', { redirect: 'follow' })).toMatchObject({ digest: WHOLE })
    expect(asked(elsewhere)).toEqual(['HEAD', FIRST_BYTE, ALL])
  })

  it('follows a redirect within its own origin', async () => {
    home.answer = (request, response, count) => {
      if (request.url === '/moved.mp4') response.writeHead(302, { location: '/film.mp4' }).end()
      else film(request, response, count)
    }
    expect(await read('/moved.mp4')).toMatchObject({ digest: WHOLE })
  })
}

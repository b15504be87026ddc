import { type RecordingProxy, startRecordingProxy } from '@rangekit/test-kit/recording-proxy'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import type { Page } from 'puppeteer-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { firefoxPath, sharedFirefox } from './support/firefox.ts'
import { currentTime, play } from './support/play.ts'
import { startServer, type TestServer } from './support/server.ts'
import { showsAll } from './support/shows-all.ts'

const FILM = 'Deep_Zoom__9d2b40e5-3c77-4a1f.mp4'
const LENGTH = 6_338_454
/** Bytes a second: a player has to ask for what it jumps to. */
const SLOW = 150_000

describe.skipIf(firefoxPath === undefined)('the sample folder in Firefox', () => {
  const firefox = sharedFirefox()
  let server: TestServer
  let proxy: RecordingProxy
  // One for each test: the map shows what was sent before the page was opened, too.
  beforeEach(async () => {
    server = await startServer(SAMPLES)
    return async () => {
      await proxy.close()
      await server.stop()
    }
  })
  const open = async (path: string, rate?: number) => {
    proxy = await startRecordingProxy(server.port, rate)
    return firefox.open(`http://127.0.0.1:${proxy.port}${path}`)
  }
  /** Range fields of the film's requests that the proxy saw, in their order. */
  const asked = () =>
    proxy.heads.filter(({ target }) => target === `/api/stream/${FILM}`).map((head) => head.field('range'))

  it('the library lists the films, and finds one by its name', async () => {
    const page = await open('/')
    const titles = () => texts(page, '.card .title')
    await expect.poll(titles).toEqual(['Clock', 'Deep Zoom', 'Plasma Clock'])
    await page.type('input[type=search]', 'plasma')
    await expect.poll(titles).toEqual(['Plasma Clock'])
  })

  it('the player plays, and jumps by a key', async () => {
    const page = await open(`/watch/${FILM}`)
    await play(page)
    await page.keyboard.press('5')
    await expect.poll(() => currentTime(page)).toBeGreaterThan(120)
  })

  it('the player shows subtitles by a key', async () => {
    const page = await open(`/watch/${FILM}`)
    await play(page)
    expect(await cuesShown(page)).toEqual([])
    await page.keyboard.press('c')
    await expect.poll(() => cuesShown(page)).toEqual([expect.stringMatching(/\w/)])
  })

  it('the map shows the requests that reached the server, and the one of a jump where it asks', async () => {
    const page = await open(`/watch/${FILM}`, SLOW)
    await play(page)
    await showsAll(() => rangesShown(page), asked)
    const before = asked().length
    await page.keyboard.press('8')
    await expect.poll(() => asked().length).toBeGreaterThan(before)
    await showsAll(() => rangesShown(page), asked)
    expect(Number(/^bytes=(\d+)-$/.exec(asked().at(-1) ?? '')?.[1]) / LENGTH).toBeCloseTo(0.8, 1)
  }, 30_000)

  it('a page that is left closes its event stream', async () => {
    const page = await open(`/watch/${FILM}`)
    await expect.poll(() => texts(page, '#map-live')).toEqual(['live'])
    expect(proxy.open('/api/events')).toBe(1)
    await page.goto('about:blank')
    await expect.poll(() => proxy.open('/api/events')).toBe(0)
    await page.goBack()
    await expect.poll(() => proxy.open('/api/events')).toBe(1)
    await page.close()
    await expect.poll(() => proxy.open('/api/events')).toBe(0)
  })
})

function texts(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(selector, (found) => found.map(({ textContent }) => textContent ?? ''))
}

/** The ranges in the list of the map, oldest first. */
async function rangesShown(page: Page): Promise<string[]> {
  return (await texts(page, '.map-range')).reverse()
}

function cuesShown(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...(document.querySelector('video')?.textTracks ?? [])]
      .filter(({ mode }) => mode === 'showing')
      .flatMap(({ activeCues }) => [...(activeCues ?? [])])
      .map((cue) => (cue instanceof VTTCue ? cue.text : '')),
  )
}

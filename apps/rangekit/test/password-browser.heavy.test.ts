import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { hashSync } from 'bcryptjs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath, sharedBrowser } from './support/browser.ts'
import { currentTime, play } from './support/play.ts'
import { secondShown } from './support/second-shown.ts'
import { startServer } from './support/server.ts'

const CLOCK = 'Clock__7f3a91c2-5d1e-4b8a.mp4'
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe.skipIf(chromiumPath === undefined)('with a password, in a browser', () => {
  const folder = sharedFolder((made) => {
    made.put('users', `alice:${hashSync('señas: 1', 4)}\n`)
    made.put(`media/${CLOCK.replace('mp4', 'en.srt')}`, '1\n00:00:00,000 --> 00:01:00,000\nHello\n')
    copyFileSync(join(SAMPLES, CLOCK), made.at(`media/${CLOCK}`))
    made.put(`media/${CLOCK.replace('mp4', 'png')}`, Buffer.from(PIXEL, 'base64'))
  })
  const server = sharedServer(() => {
    const env = { XDG_STATE_HOME: folder.at('state') }
    return startServer(folder.at('media'), { args: ['--auth-file', folder.at('users')], env })
  })
  const browser = sharedBrowser()
  const alice = { httpCredentials: { username: 'alice', password: 'señas: 1' } }
  const open = (path: string, options = {}) => browser.open(`${server.origin}${path}`, options)

  /** Requests of a page that the server refused, once the browser was asked for the password. */
  function refusals(page: Page): string[] {
    const refused: string[] = []
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`)
    })
    return refused
  }

  it('the library, its covers and its events need it once', async () => {
    const page = await open('/', alice)
    const refused = refusals(page)
    await expect.poll(() => page.locator('.card .title').allTextContents()).toEqual(['Clock'])
    await expect
      .poll(() => page.evaluate(() => document.querySelector('.cover img')?.getAttribute('src') ?? ''))
      .not.toBe('')
    copyFileSync(join(SAMPLES, CLOCK), folder.at('media/Added.mp4'))
    await expect.poll(() => page.locator('.card .title').allTextContents()).toEqual(['Added', 'Clock'])
    expect(refused).toEqual([])
  })

  it('the player plays, seeks, has subtitles and shows its requests', async () => {
    const page = await open(`/watch/${CLOCK}`, alice)
    await play(page)
    await page.keyboard.press('k')
    await page.keyboard.press('5')
    await expect.poll(() => secondShown(page)).toBe(15)
    await page.keyboard.press('c')
    await expect.poll(() => page.evaluate(shownCues)).toEqual(['Hello'])
    await expect.poll(() => page.locator('#map-live').getAttribute('data-state')).toBe('open')
    await expect.poll(() => page.locator('.map-range').count()).toBeGreaterThan(0)
  })

  it('a copied link plays in a browser without it, and shows nothing else', async () => {
    const page = await open(`/watch/${CLOCK}`, {
      ...alice,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.locator('#copy').click()
    const copied = () => page.evaluate(() => navigator.clipboard.readText())
    await expect.poll(copied).toMatch(/\/api\/stream\/Clock.+signature=/)
    const link = await copied()
    const guest = await browser.open(link)
    await expect.poll(() => currentTime(guest)).toBeGreaterThan(0.3)
    const statuses = [link, link.replace('/Clock', '/Added'), server.origin].map(
      async (url) => (await fetch(url)).status,
    )
    expect(await Promise.all(statuses)).toEqual([200, 403, 401])
  })
})

function shownCues(): string[] {
  const tracks = [...(document.querySelector('video')?.textTracks ?? [])]
  return tracks
    .filter(({ mode }) => mode === 'showing')
    .flatMap(({ activeCues }) => [...(activeCues ?? [])].map((cue) => (cue as VTTCue).text))
}

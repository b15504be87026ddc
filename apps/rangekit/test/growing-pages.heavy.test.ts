import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { barriers, chromiumPath, DESKTOP, overhang, PHONE, sharedBrowser } from './support/browser.ts'
import { GrowingCopy } from './support/growing-copy.ts'
import { startMapSite } from './support/map-site.ts'
import { play } from './support/play.ts'
import { CLOCK } from './support/watch-site.ts'

const FILM = readFileSync(join(SAMPLES, CLOCK))

describe.skipIf(chromiumPath === undefined)('a film that is still coming, on the pages', () => {
  const folder = sharedFolder()
  const site = sharedServer(() => startMapSite(folder.path))
  const browser = sharedBrowser()
  const url = (path: string) => `http://127.0.0.1:${site.port}/${path}`

  it('has a ring in the library that moves by itself, and becomes a card as others are', async () => {
    const copy = new GrowingCopy(folder, 'Coming soon.mp4', FILM)
    copy.growTo(0.4)
    folder.put('A recording.webm.part', FILM.subarray(0, 5000))
    const page = await browser.open(url(''), { bypassCSP: true })
    const streams: string[] = []
    page.on('request', (request) => {
      if (/\/api\/(?:stream|media)\//.test(request.url())) streams.push(request.url())
    })
    const card = page.locator('.card', { hasText: 'Coming soon' })
    const ring = card.locator('.ring')
    const box = await card.boundingBox()
    await expect.poll(() => ring.getAttribute('aria-label')).toBe('39% downloaded')
    expect(await card.locator('.size').textContent()).toBe('459 kB of 1.15 MB')
    const other = page.locator('.card', { hasText: 'A recording' })
    expect(await other.locator('.ring').getAttribute('aria-label')).toBe('Still being written')
    expect(await other.locator('.size').textContent()).toBe('5.00 kB so far')

    copy.growTo(0.7)
    await expect.poll(() => ring.textContent(), { timeout: 5000 }).toBe('69%')
    expect(await ring.locator('.there').getAttribute('stroke-dasharray')).toBe('69 100')
    expect(await card.boundingBox()).toEqual(box)
    expect(streams).toEqual([])
    await expectNoBarriers(page, PHONE, 'dark')
    await page.setViewportSize(DESKTOP)

    copy.finish()
    await expect.poll(() => ring.isVisible(), { timeout: 5000 }).toBe(false)
    await expect.poll(() => card.locator('.badge').textContent()).toBe('0:30')
    await expect.poll(() => card.locator('.cover img').count(), { timeout: 10_000 }).toBe(1)
    expect(await card.locator('.size').textContent()).toBe('1.15 MB')
    expect(await card.boundingBox()).toEqual(box)
  }, 60_000)

  it('says on its page how much is there, and that the player waits for it; so does the map', async () => {
    const copy = new GrowingCopy(folder, 'Ahead.mp4', FILM)
    copy.growTo(0.4)
    const page = await browser.open(url('watch/Ahead.mp4'), { bypassCSP: true })
    const panel = page.locator('#arriving')
    const text = () => panel.locator('[data-part=text]').textContent()
    const wait = panel.locator('[data-part=wait]')
    expect(await text()).toBe('39% is there: 459 kB of 1.15 MB. The rest is still on its way.')
    await play(page)
    await jump(page, 26)
    await expect.poll(() => wait.textContent(), { timeout: 10_000 }).toMatch(/^The player waits: /)
    await expect
      .poll(() => page.locator('#map-now').textContent(), { timeout: 10_000 })
      .toMatch(/^The browser waits for the writer: it wants byte [\d,]+, and 459 kB are there so far\./)
    expect(await page.locator('.map-state').first().textContent()).toBe('waiting for the writer')
    expect(await page.locator('.map-bar[data-state="awaiting"]').count()).toBeGreaterThan(0)
    const before = await frontierAt(page)
    expect(before).toBeCloseTo(0.4, 2)
    expect(await page.locator('#map-missing').isVisible()).toBe(true)
    await expectNoBarriers(page, PHONE, 'light')

    copy.growTo(0.6)
    await expect.poll(text).toBe('59% is there: 689 kB of 1.15 MB. The rest is still on its way.')
    await expect.poll(() => frontierAt(page)).toBeCloseTo(0.6, 2)

    copy.finish()
    await expect.poll(text, { timeout: 5000 }).toBe('All of it is there now: 1.15 MB.')
    await expect.poll(() => page.evaluate(() => document.querySelector('video')?.seeking)).toBe(false)
    expect(await wait.isVisible()).toBe(false)
    await expect.poll(() => page.locator('#map-missing').isVisible()).toBe(false)
    expect(await page.locator('#problem').isVisible()).toBe(false)
  }, 60_000)
})

async function expectNoBarriers(page: Page, viewport: typeof PHONE, colorScheme: 'light' | 'dark') {
  await page.setViewportSize(viewport)
  await page.emulateMedia({ colorScheme })
  expect(await overhang(page)).toBe(0)
  expect(await barriers(page)).toEqual([])
}

async function jump(page: Page, second: number): Promise<void> {
  await page.evaluate((to) => {
    const media = document.querySelector('video')
    if (media !== null) media.currentTime = to
  }, second)
}

/** Where the frontier is drawn, from 0 to 1. */
async function frontierAt(page: Page): Promise<number> {
  return Number.parseFloat(await page.locator('#map-frontier').evaluate((mark) => mark.style.left)) / 100
}

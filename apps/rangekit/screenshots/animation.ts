import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { MAIN_FILM } from './catalog.ts'
import { Pointer } from './pointer.ts'
import { Recorder } from './recorder.ts'
import { FILM_SCALE, openLibrary, openWindow, play, type Scheme, type Studio, waitForTime } from './studio.ts'

/** As high as the player needs to show a film without bars at its sides. */
const SIZE = { width: 900, height: 824, scale: FILM_SCALE }
/** How far the page is scrolled to show the map, in pixels. */
const SCROLL = 240
/** Pictures per second. */
const RATE = 12

/** In seconds. A busy machine is slower at everything that the story shows. */
const LONGEST = 13

/** Bytes per second, as over a home network: on loopback, the map is filled before anyone can see it. */
const SPEED = 4e6

/**
 * Records the story that the README begins with: a film is chosen, plays, and two seeks show on the map.
 *
 * @param scratch a folder for single pictures.
 */
export async function recordStory(studio: Studio, scheme: Scheme, scratch: string): Promise<void> {
  const { browser, site, ffmpeg, target } = studio
  const window = await openWindow(browser, scheme, SIZE)
  const page = await window.newPage()
  const pointer = await Pointer.add(page, { x: SIZE.width * 0.62, y: SIZE.height * 0.8 })
  await openLibrary(page, site)

  await slowDown(page)
  const recorder = await Recorder.start(page, scratch)
  const film = page.getByRole('link', { name: MAIN_FILM.title }).first()
  await page.waitForTimeout(500)
  await pointer.moveOnto(film, [0.5, 0.5], 900)
  await page.waitForTimeout(250)
  await pointer.click()

  const media = page.locator('#media')
  await media.waitFor()
  await play(media)
  await waitForTime(page, 1)
  await scrollDown(page, SCROLL)
  // The timeline of Chromium's own controls: 16 pixels from the lower edge and from both sides.
  for (const share of [0.66, 0.34]) {
    const box = await media.boundingBox()
    if (box === null) throw new Error('The player is not visible')
    await pointer.moveTo(box.x + 16 + (box.width - 32) * share, box.y + box.height - 16, 900)
    await pointer.click()
    await page.waitForTimeout(1800)
  }
  const path = join(target, `range-map-${scheme}.webp`)
  const length = await recorder.save(ffmpeg, path, SIZE.width * SIZE.scale, RATE)
  if (length > LONGEST)
    console.warn(`It lasts ${length.toFixed(1)} s: repeat it when this machine is less busy`)
  await window.close()
}

/** Scrolls as a wheel does, in small steps. */
async function scrollDown(page: Page, distance: number): Promise<void> {
  const STEPS = 15
  for (let step = 0; step < STEPS; step++) {
    await page.mouse.wheel(0, distance / STEPS)
    await page.waitForTimeout(30)
  }
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const conditions = { offline: false, latency: 5, downloadThroughput: SPEED, uploadThroughput: SPEED }
  await session.send('Network.emulateNetworkConditions', conditions)
}

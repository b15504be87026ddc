import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { MAIN_FILM } from './catalog.ts'
import { LOOP } from './landscape.ts'
import {
  convert,
  openLibrary,
  openWindow,
  play,
  type Scheme,
  type Size,
  type Studio,
  waitForTime,
} from './studio.ts'

interface Picture {
  readonly name: string
  readonly size: Size
  prepare(page: Page, site: string): Promise<void>
}

const DESKTOP = { width: 1100, height: 740, scale: 2 }
const PHONE = { width: 390, height: 844, scale: 2 }

export const PICTURES: readonly Picture[] = [
  { name: 'library', size: DESKTOP, prepare: openLibrary },
  { name: 'library-phone', size: PHONE, prepare: openLibrary },
  { name: 'player', size: { ...DESKTOP, height: 960 }, prepare: playAndSeek },
  { name: 'player-phone', size: PHONE, prepare: playAndSeek },
]

/** Takes one picture, as `name-scheme.webp`. */
export async function takePicture(studio: Studio, picture: Picture, scheme: Scheme): Promise<void> {
  const { browser, site, ffmpeg, target } = studio
  const { name, size, prepare } = picture
  const window = await openWindow(browser, scheme, size)
  const page = await window.newPage()
  await prepare(page, site)
  const raw = join(target, `${name}-${scheme}.png`)
  await page.screenshot({ path: raw })
  await window.close()
  await convert(ffmpeg, '-i', raw, '-c:v', 'libwebp', '-q:v', '85', '-compression_level', '6', webp(raw))
  rmSync(raw)
}

function webp(path: string): string {
  return path.replace(/\.png$/, '.webp')
}

/** Plays the main film from three places, so that the map has something to show. */
async function playAndSeek(page: Page, site: string): Promise<void> {
  await page.goto(`${site}watch/${encodeURIComponent(MAIN_FILM.file)}`)
  await page.locator('#media').waitFor()
  for (const share of [0, 0.62, 0.35]) {
    await page.locator('#media').evaluate((media, at) => {
      if (media instanceof HTMLMediaElement) media.currentTime = media.duration * at
    }, share)
    await play(page.locator('#media'))
    await waitForTime(page, share * MAIN_FILM.loops * LOOP + 2)
  }
  // The map moves at most ten times a second.
  await page.waitForTimeout(1500)
}

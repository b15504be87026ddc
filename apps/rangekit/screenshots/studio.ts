import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { words } from '@rangekit/test-kit/words'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'

const run = promisify(execFile)

export const SCHEMES = ['light', 'dark'] as const
export type Scheme = (typeof SCHEMES)[number]

/** Pixels of an animation per pixel of the page. */
export const FILM_SCALE = 4 / 3

/**
 * Flags of Chromium: no sound, and colours that do not depend on the machine. A recorder gets pictures at the scale of
 * the browser, whatever that of the page.
 */
export const FLAGS = words(`
  --force-device-scale-factor=${FILM_SCALE}
  --no-sandbox --disable-gpu --mute-audio --no-first-run --autoplay-policy=no-user-gesture-required
  --force-color-profile=srgb --disable-background-networking --disable-component-update --disable-sync
`)

/** Where pictures are taken. */
export interface Studio {
  readonly browser: Browser
  /** The root of the server, with a slash at its end. */
  readonly site: string
  /** The path of the program. */
  readonly ffmpeg: string
  /** Where the pictures go. */
  readonly target: string
}

export interface Size {
  readonly width: number
  readonly height: number
  /** Pixels of the picture per pixel of the page. */
  readonly scale: number
}

/** Opens a window without history, as a new visitor has it. */
export function openWindow(browser: Browser, scheme: Scheme, size: Size): Promise<BrowserContext> {
  const { width, height, scale } = size
  return browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: scheme,
    isMobile: width < 600,
    hasTouch: width < 600,
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
}

/** Runs ffmpeg with these arguments. */
export async function convert(ffmpeg: string, ...args: readonly string[]): Promise<void> {
  await run(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args])
}

/** Opens the library, and waits for the films and their covers. */
export async function openLibrary(page: Page, site: string): Promise<void> {
  await page.goto(site)
  await page.locator('a[href*="watch/"]').first().waitFor()
  await settle(page)
}

/** Waits until all films in view have their covers, and all pictures are there; at most half a minute. */
async function settle(page: Page): Promise<void> {
  await page
    .waitForFunction(() => {
      const cards = [...document.querySelectorAll('[data-kind="video"], [data-kind="audio"]')]
      const inView = cards.filter((card) => card.getBoundingClientRect().top < innerHeight)
      const isShown = (card: Element) => card.querySelector('img')?.complete
      return inView.every(isShown)
    })
    .catch(() => console.warn('Some covers are missing'))
  await page.waitForTimeout(500)
}

/** Plays a film from where it is. */
export async function play(media: Locator): Promise<void> {
  await media.evaluate(async (element) => {
    if (element instanceof HTMLMediaElement) await element.play()
  })
}

/** Waits until the film of a player plays at a time, in seconds, or later. */
export async function waitForTime(page: Page, seconds: number): Promise<void> {
  await page.waitForFunction((from) => {
    const media = document.querySelector('#media')
    return media instanceof HTMLMediaElement && !media.seeking && media.currentTime >= from
  }, seconds)
}

import type { Browser, Viewport } from 'puppeteer-core'
import { findTool } from './tools.ts'
import { words } from './words.ts'

/** A browser that tests can drive. */
export type BrowserName = keyof typeof COMMANDS

const COMMANDS = { chrome: 'chromium', firefox: 'firefox-esr' } as const

/** For a Chromium without a window that asks no other servers. */
export const CHROMIUM_FLAGS = words(`
  --headless --no-sandbox --disable-gpu --disable-quic --no-first-run
  --disable-background-networking --disable-component-update --disable-sync
`)

/** Where a browser is; `undefined` if it is missing. In CI, that throws. */
export function findBrowser(name: BrowserName): string | undefined {
  return findTool(COMMANDS[name], COMMANDS[name])
}

/** Starts a browser that is not missing. Puppeteer drives Firefox as well, over WebDriver BiDi. */
export async function launchBrowser(browser: BrowserName, defaultViewport?: Viewport): Promise<Browser> {
  // Most tests drive Chromium in another way, and need not load this.
  const { default: puppeteer } = await import('puppeteer-core')
  return puppeteer.launch({
    browser,
    executablePath: findBrowser(browser) ?? '',
    headless: true,
    args: browser === 'chrome' ? CHROMIUM_FLAGS : [],
    ...(defaultViewport && { defaultViewport }),
  })
}

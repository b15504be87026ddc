import { CHROMIUM_FLAGS, findBrowser } from '@rangekit/test-kit/browsers'
import { sharedServer } from '@rangekit/test-kit/fixtures'
import axe from 'axe-core'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'

/** Where Chromium is; `undefined` if it is missing. */
export const chromiumPath = findBrowser('chrome')

/** Sizes of windows. */
export const DESKTOP = { width: 1280, height: 800 }
export const PHONE = { width: 390, height: 844 }

/** A browser for the tests of this file or `describe`. */
export function sharedBrowser() {
  return sharedServer(async () => {
    const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS })
    return {
      /**
       * Opens a page in a profile without history until the test is finished. The test fails if the page has errors, or
       * does what its policy forbids.
       */
      async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
        const context = await browser.newContext({ viewport: DESKTOP, ...options })
        const page = await context.newPage()
        const faults: string[] = []
        page.on('pageerror', ({ message }) => faults.push(message))
        page.on('console', (message) => {
          if (message.text().includes('Content Security Policy')) faults.push(message.text())
        })
        onTestFinished(async () => {
          await context.close()
          expect(faults).toEqual([])
        })
        await page.goto(url)
        return page
      },
      stop: () => browser.close(),
    }
  }, 60_000)
}

/** What is hard to use on a page for some readers, by axe. The page is opened with `bypassCSP`. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  // A string, since the code runs in the page.
  const results = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))',
  )
  return results.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}

/** How much wider than its window a page is, in pixels. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

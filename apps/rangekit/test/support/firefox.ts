import { findBrowser, launchBrowser } from '@rangekit/test-kit/browsers'
import { sharedServer } from '@rangekit/test-kit/fixtures'
import type { Page } from 'puppeteer-core'
import { expect, onTestFinished } from 'vitest'
import { DESKTOP } from './browser.ts'

/** Where Firefox is; `undefined` if it is missing. */
export const firefoxPath = findBrowser('firefox')

/** A Firefox for the tests of this file or `describe`, driven over WebDriver BiDi, which playwright does not speak. */
export function sharedFirefox() {
  return sharedServer(async () => {
    const browser = await launchBrowser('firefox', DESKTOP)
    return {
      /**
       * Opens a page in a container without history until the test is finished. The test fails if the page has errors
       * or warnings, misses something, or does what its policy forbids.
       */
      async open(url: string): Promise<Page> {
        const context = await browser.createBrowserContext()
        const page = await context.newPage()
        const faults: string[] = []
        // What the policy forbids is an error of the page, too.
        page.on('pageerror', (error) => faults.push(String(error)))
        page.on('console', (message) => {
          if (message.type() === 'error' || message.type() === 'warn') faults.push(message.text())
        })
        page.on('response', (response) => {
          if (response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`)
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

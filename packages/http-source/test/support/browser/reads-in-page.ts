import { type BrowserName, findBrowser } from '@rangekit/test-kit/browsers'
import { describe } from 'vitest'
import { filmServer } from '../film-server.ts'
import { readsOfOthers } from './other-origins.ts'
import { readsOfOwn } from './own-origin.ts'
import { sharedPage } from './page.ts'
import { readsThroughCaches } from './through-caches.ts'

const home = await filmServer()
const elsewhere = await filmServer()

/** Tests of what a page of `home` reads in a real browser. */
export function readsInPage(name: BrowserName): void {
  describe.skipIf(findBrowser(name) === undefined)(`a page in ${name}`, () => {
    const browser = sharedPage(name, home)
    readsOfOwn(browser, home)
    readsOfOthers(browser, home, elsewhere)
    readsThroughCaches(browser, home)
  })
}

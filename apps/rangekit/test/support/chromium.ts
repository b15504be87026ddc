import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** `undefined` if it is missing: then a warning says so. */
export const chromiumPath = findTool('chromium', 'chromium')

const FLAGS = words(`
  --headless --no-sandbox --disable-gpu --disable-quic --no-first-run
  --disable-background-networking --disable-component-update --disable-sync
`)

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? '', args: FLAGS })
}

/** A page in a profile of its own, and what its console complained of, refusals of the CSP among it. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page
  readonly complaints: readonly string[]
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
}

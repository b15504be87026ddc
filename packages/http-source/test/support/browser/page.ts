import { join } from 'node:path'
import { type BrowserName, launchBrowser } from '@rangekit/test-kit/browsers'
import { shared } from '@rangekit/test-kit/fixtures'
import { buildSync } from 'esbuild'
import type { JSHandle, Page } from 'puppeteer-core'
import type { Answer, OriginServer } from '../origin-server.ts'

type Kit = typeof import('./in-page.ts')

/** A page of a server, with what `in-page.ts` exports. */
export interface BrowserPage {
  readonly page: Page
  /** Runs a function in the page, which sees nothing but its arguments. */
  run<T, A extends string[]>(work: (kit: Kit, ...args: A) => Promise<T>, ...args: A): Promise<T>
}

/** A page for the tests of this file or `describe`. The server may answer as it likes once it is loaded. */
export function sharedPage(name: BrowserName, server: OriginServer): BrowserPage {
  return shared(
    async () => {
      const browser = await launchBrowser(name)
      const page = await browser.newPage()
      server.answer = site
      await page.goto(server.url)
      // As a string, since the test runner would turn an import into one of its own.
      const kit = (await page.evaluateHandle("import('/in-page.js')")) as JSHandle<Kit>
      const run: BrowserPage['run'] = (work, ...args) => {
        const inPage = work as (kit: Kit, ...args: string[]) => ReturnType<typeof work>
        return page.evaluate(inPage, kit, ...args)
      }
      return { page, run, stop: () => browser.close() }
    },
    ({ stop }) => stop(),
    60_000,
  )
}

const FILES: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  '/': { type: 'text/html', text: '<!doctype html><link rel="icon" href="data:,">' },
  '/in-page.js': { type: 'text/javascript', text: bundle('in-page.ts') },
  '/service-worker.js': { type: 'text/javascript', text: bundle('service-worker.ts') },
}

/** Answers with the page and its scripts. */
export const site: Answer = ({ url = '' }, response) => {
  const { type, text } = FILES[url] ?? {}
  if (type === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': type }).end(text)
}

function bundle(name: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, name)],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

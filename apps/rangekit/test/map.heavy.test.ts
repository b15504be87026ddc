import { appendFileSync, copyFileSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import { type RecordingProxy, startRecordingProxy } from '@rangekit/test-kit/recording-proxy'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { barriers, chromiumPath, DESKTOP, overhang, PHONE, sharedBrowser } from './support/browser.ts'
import { startMapSite } from './support/map-site.ts'
import { play } from './support/play.ts'
import { startCommand } from './support/server.ts'
import { showsAll } from './support/shows-all.ts'

const CLOCK = 'Clock__7f3a91c2-5d1e-4b8a.mp4'
const FILMS = Array.from({ length: 7 }, (_, index) => `Film ${index + 1}.mp4`)
const LONG = 'Long.mp4'
/** Bytes a second: a player has to ask for what it jumps to. */
const SLOW = 150_000

describe.skipIf(chromiumPath === undefined)('the range map in a real browser', () => {
  const folder = sharedFolder((made) => {
    for (const name of [CLOCK, ...FILMS]) copyFileSync(join(SAMPLES, CLOCK), made.at(name))
    makeLong(made.at(LONG))
    made.put('data.bin', 'Some bytes\n')
  })
  const browser = sharedBrowser()
  let site: Awaited<ReturnType<typeof startMapSite>>
  let proxy: RecordingProxy
  beforeEach(async () => {
    site = await startMapSite(folder.path)
    return async () => {
      await proxy.close()
      await site.stop()
    }
  })
  const through = async (rate?: number) => {
    proxy = await startRecordingProxy(site.port, rate)
  }
  const url = (name: string) => `http://127.0.0.1:${proxy.port}/watch/${encodeURIComponent(name)}`
  /** Range fields of requests that the proxy saw for a file, in their order. */
  const asked = (name: string) =>
    proxy.heads
      .filter(({ target }) => target === `/api/stream/${encodeURIComponent(name)}`)
      .map((head) => head.field('range') ?? 'no range')
  const mapShowsAll = (page: Page | undefined, name: string) =>
    showsAll(
      () => rangesOf(page),
      () => asked(name),
    )

  it('shows exactly the requests that reached the server: at the start, after jumps, after an end', async () => {
    await through(SLOW)
    const page = await browser.open(url(CLOCK))
    await play(page)
    for (const second of [22, 12, 28]) {
      await jump(page, second)
      await mapShowsAll(page, CLOCK)
    }
    expect(asked(CLOCK).length).toBeGreaterThan(2)
  }, 60_000)

  it('shows that a jump stops what was asked before it', async () => {
    await through(SLOW)
    const page = await browser.open(url(LONG))
    await play(page)
    await jump(page, 25)
    await expect.poll(async () => (await rangesOf(page)).length).toBeGreaterThan(1)
    // What came next is known a moment after the end of what it stopped.
    await expect
      .poll(() => page.locator('.map-row[data-state="aborted"] .map-why').last().textContent())
      .toMatch(
        /^The whole film from the start\. The browser stopped it after \d.* to ask again from byte [\d,]+\.$/,
      )
    await mapShowsAll(page, LONG)
  }, 60_000)

  it('shows where a jump asks, and what the player has', async () => {
    await through(SLOW)
    const page = await browser.open(url(CLOCK))
    await play(page)
    const before = (await rangesOf(page)).length
    await jump(page, 25)
    await expect.poll(async () => (await rangesOf(page)).length).toBeGreaterThan(before)
    await expect
      .poll(() => page.locator('.map-list').textContent())
      .toMatch(/(?:A jump forward, to|Starts again at) \d\d%/)
    const bars = page.locator('.map-bar')
    const lefts = await bars.evaluateAll((found) => found.map((bar) => bar.getBoundingClientRect().left))
    expect(Math.max(...lefts) - Math.min(...lefts)).toBeGreaterThan(100)
    await expect.poll(() => page.locator('#map-buffered > span').count()).toBeGreaterThan(0)
    expect(await page.locator('#map-now').textContent()).toMatch(/^The browser|^Nothing is being sent/)
  }, 60_000)

  it('shows requests of others for the same file, with what they mean', async () => {
    await through()
    const page = await browser.open(url('data.bin'))
    await expect.poll(() => page.locator('#map-live').textContent()).toBe('live')
    const get = (...fields: string[]) =>
      exchange(proxy.port, 'GET /api/stream/data.bin', ['User-Agent: curl/8.0', ...fields])
    await get('Range: bytes=99-')
    await get('Range: bytes=0-4', 'If-Range: "old"')
    await get('If-None-Match: *')
    await get('If-Match: "old"')
    const why = () => page.locator('.map-why').allTextContents()
    await expect.poll(async () => (await why()).length).toBe(4)
    expect(await why()).toEqual([
      'Refused: curl wanted one version only (If-Match), and the file has changed since.',
      'Nothing to send: curl already has this version (If-None-Match).',
      expect.stringMatching(/^The file has changed: .* All 11 bytes were sent\.$/),
      expect.stringMatching(/^Not possible: byte 99, .* the file has 11 bytes\. /),
    ])
    expect(await page.locator('.map-status').allTextContents()).toEqual(['412', '304', '200', '416'])
  })

  it('seven tabs play at once, each with its map, on one event stream', async () => {
    await through()
    const first = await browser.open(url(FILMS[0] ?? ''))
    const others = FILMS.slice(1).map(async (name) => {
      const page = await first.context().newPage()
      await page.goto(url(name))
      return page
    })
    const pages = [first, ...(await Promise.all(others))]
    await Promise.all(pages.map((page) => play(page)))
    for (const [index, page] of pages.entries()) {
      await mapShowsAll(page, FILMS[index] ?? '')
      expect(await page.locator('#map-live').textContent()).toBe('live')
    }
    await expect.poll(() => proxy.open('/api/events')).toBe(1)
    // One that is opened may meet the end of the one before on its way.
    expect(proxy.most('/api/events')).toBeLessThanOrEqual(2)
    // A film that is asked for now shows up in its tab and in no other one.
    await exchange(proxy.port, `GET /api/stream/${encodeURIComponent(FILMS[3] ?? '')}`, ['Range: bytes=7-7'])
    await expect.poll(async () => (await rangesOf(pages[3])).at(-1)).toBe('bytes=7-7')
    await mapShowsAll(pages[4], FILMS[4] ?? '')
    await first.context().close()
    await expect.poll(() => proxy.open('/api/events')).toBe(0)
  }, 60_000)

  it('has a stream to itself where there are no shared workers', async () => {
    await through()
    const page = await browser.open('about:blank')
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'))
    await page.goto(url(CLOCK))
    await mapShowsAll(page, CLOCK)
    await expect.poll(() => page.locator('#map-live').textContent()).toBe('live')
  })

  it('a hidden page closes the stream, and shows what it has missed when it is back', async () => {
    await through()
    const page = await browser.open(url('data.bin'))
    await expect.poll(() => proxy.open('/api/events')).toBe(1)
    await setVisible(page, false)
    await expect.poll(() => proxy.open('/api/events')).toBe(0)
    await exchange(proxy.port, 'GET /api/stream/data.bin', ['Range: bytes=1-1'])
    await setVisible(page, true)
    await expect.poll(() => rangesOf(page)).toEqual(['bytes=1-1'])
  })

  it('goes on when the server is back after it was away', async () => {
    await through()
    const page = await browser.open(url('data.bin'))
    const state = page.locator('#map-live')
    await expect.poll(() => state.textContent()).toBe('live')
    await site.stop()
    await expect.poll(() => state.textContent()).toBe('connecting')
    site = await startMapSite(folder.path, site.port)
    await expect.poll(() => state.textContent(), { timeout: 20_000 }).toBe('live')
    await exchange(proxy.port, 'GET /api/stream/data.bin', ['Range: bytes=1-1'])
    await expect.poll(() => rangesOf(page)).toEqual(['bytes=1-1'])
  }, 60_000)

  it('says that its link has expired, and asks no further', async () => {
    await through()
    const page = await browser.open('about:blank')
    await page.clock.install()
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'))
    let status = 503
    const methods: string[] = []
    await page.route('**/api/events?*', (route) => {
      methods.push(route.request().method())
      return route.fulfill({ status, body: '' })
    })
    await page.goto(url('data.bin'))
    await page.clock.runFor(100)
    await expect.poll(() => methods).toEqual(['GET', 'HEAD'])
    expect(await page.locator('#map-live').textContent()).toBe('connecting')
    status = 403
    await expect
      .poll(async () => {
        await page.clock.runFor(1000)
        return page.locator('#map-live').textContent()
      })
      .toBe('link expired')
    const count = methods.length
    await page.clock.runFor(600_000)
    expect(methods).toHaveLength(count)
  })

  it('goes on by itself when the shared worker dies', async () => {
    await through()
    const page = await browser.open('about:blank')
    await page.addInitScript(() => {
      const Worker = SharedWorker
      class Mortal extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options)
          Object.assign(globalThis, { dying: this.port })
        }
      }
      Object.assign(globalThis, { SharedWorker: Mortal })
    })
    await page.goto(url('data.bin'))
    await expect.poll(() => proxy.open('/api/events')).toBe(1)
    // As the browser reports the end of a worker.
    await page.evaluate(() => {
      const { dying } = globalThis as unknown as { dying: MessagePort }
      dying.postMessage({ keys: [], folders: [] })
      dying.dispatchEvent(new Event('close'))
    })
    await expect.poll(() => page.locator('#map-live').textContent()).toBe('live')
    await exchange(proxy.port, 'GET /api/stream/data.bin', ['Range: bytes=1-1'])
    await expect.poll(() => rangesOf(page)).toEqual(['bytes=1-1'])
  })

  it('has a stream to itself where the browser forbids workers and storage', async () => {
    await through()
    const page = await browser.open('about:blank')
    await page.addInitScript(() => {
      const forbid = () => {
        throw new DOMException('The operation is insecure', 'SecurityError')
      }
      Object.defineProperty(globalThis, 'localStorage', { get: forbid })
      Object.defineProperty(globalThis, 'sessionStorage', { get: forbid })
      Object.assign(globalThis, {
        SharedWorker: class {
          constructor() {
            forbid()
          }
        },
      })
    })
    await page.goto(url(CLOCK))
    await mapShowsAll(page, CLOCK)
    await page.click('#map-toggle')
    expect(await page.locator('#map-body').isVisible()).toBe(false)
    await page.keyboard.press('k')
    await expect.poll(() => page.evaluate(() => document.querySelector('video')?.paused)).toBe(false)
  })

  it('a closed map hears nothing, stays closed on the next page, and opens again', async () => {
    await through()
    const page = await browser.open(url('data.bin'))
    await expect.poll(() => proxy.open('/api/events')).toBe(1)
    await page.click('#map-toggle')
    await expect.poll(() => proxy.open('/api/events')).toBe(0)
    await page.goto(url(CLOCK))
    expect(await page.locator('#map-body').isVisible()).toBe(false)
    await page.click('#map-toggle')
    await mapShowsAll(page, CLOCK)
  })

  it('holds still, forgets, and saves its requests', async () => {
    await through()
    const page = await browser.open(url('data.bin'))
    const get = (range: string) => exchange(proxy.port, 'GET /api/stream/data.bin', [`Range: ${range}`])
    await expect.poll(() => page.locator('#map-live').textContent()).toBe('live')
    await get('bytes=0-0')
    await expect.poll(() => rangesOf(page)).toEqual(['bytes=0-0'])
    await page.click('#map-pause')
    await get('bytes=1-1')
    await get('bytes=2-2')
    await page.waitForTimeout(300)
    expect(await rangesOf(page)).toEqual(['bytes=0-0'])
    await page.click('#map-pause')
    await expect.poll(() => rangesOf(page)).toEqual(['bytes=0-0', 'bytes=1-1', 'bytes=2-2'])
    const har = await downloaded(page, '#map-har')
    expect(har.name).toBe('data.bin.har')
    expect(har.content).toMatchObject({ log: { version: '1.2', entries: [{}, {}, {}] } })
    expect((await downloaded(page, '#map-json')).content).toMatchObject({
      key: 'data.bin',
      transfers: [{}, {}, {}],
    })
    await page.click('#map-pause')
    await page.click('#map-clear')
    await expect.poll(() => rangesOf(page)).toEqual([])
    await page.click('#map-pause')
    // What the stream brings again when it is opened again stays forgotten.
    await setVisible(page, false)
    await expect.poll(() => proxy.open('/api/events')).toBe(0)
    await setVisible(page, true)
    await get('bytes=3-3')
    await expect.poll(() => rangesOf(page)).toEqual(['bytes=3-3'])
  })

  it('a bar and its row light up together, and the bar leads to the fields in its row', async () => {
    await through()
    const page = await browser.open(url('data.bin'))
    await expect.poll(() => page.locator('#map-live').textContent()).toBe('live')
    await exchange(proxy.port, 'GET /api/stream/data.bin', ['Range: bytes=3-9', 'User-Agent: <b>'])
    await page.hover('.map-bar')
    await expect.poll(() => page.locator('.map-row.is-lit').count()).toBe(1)
    expect(await page.locator('#map-tip').textContent()).toMatch(/^Begins at 27% of the file/)
    await page.hover('.map-why')
    await expect.poll(() => page.locator('.map-bar.is-lit').count()).toBe(1)
    expect(await page.locator('#map-tip').isVisible()).toBe(false)
    await page.focus('.map-bar')
    expect(await page.locator('#map-tip').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await page.locator('#map-tip').isVisible()).toBe(false)
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.matches('.map-row summary'))).toBe(true)
    const fields = page.locator('.map-fields')
    expect(await fields.textContent()).toContain('bytes=3-9')
    expect(await fields.textContent()).toContain('<b>')
  })

  it('shows for a film of another server what came from there, and what from the cache', async () => {
    await through()
    await using remote = await startCommand([
      `http://127.0.0.1:${proxy.port}/api/stream/${LONG}`,
      '--port',
      '0',
    ])
    const bytes = (page: Page) =>
      Promise.all(['origin', 'cache'].map((name) => page.locator(`#map-${name}-bytes`).textContent()))
    const page = await browser.open(remote.origin, { viewport: PHONE, bypassCSP: true })
    await expect.poll(() => page.url()).toBe(`${remote.origin}/watch/${LONG}`)
    await play(page)
    await expect.poll(() => page.locator('#map-from-origin span').count()).toBeGreaterThan(0)
    await expect.poll(async () => (await bytes(page))[0]).toMatch(/ MB$/)
    // A second visitor, whose browser has nothing yet.
    const other = await browser.open(remote.origin, { bypassCSP: true })
    await play(other)
    await expect.poll(async () => (await bytes(other))[1]).toMatch(/ [kM]B$/)
    await expect.poll(() => other.locator('#map-from-cache span').count()).toBeGreaterThan(0)
    expect(asked(LONG).length).toBeGreaterThan(0)
    for (const each of [page, other]) {
      expect(await barriers(each)).toEqual([])
      expect(await overhang(each)).toBe(0)
    }
  }, 60_000)

  it('has a field for the path of a file of another server, which axe finds nothing in', async () => {
    await through()
    await using remote = await startCommand([`http://127.0.0.1:${proxy.port}/api/stream/`, '--port', '0'])
    for (const [viewport, colorScheme] of [
      [DESKTOP, 'dark'],
      [PHONE, 'light'],
    ] as const) {
      const page = await browser.open(remote.origin, { colorScheme, viewport, bypassCSP: true })
      await page.keyboard.type('none.mp4')
      await page.keyboard.press('Enter')
      await expect.poll(() => page.getByRole('alert').textContent()).toBe('There is no file at this path.')
      expect(await barriers(page)).toEqual([])
      expect(await overhang(page)).toBe(0)
      await page.getByRole('textbox').fill(CLOCK)
      await page.getByRole('button', { name: 'Open' }).click()
      await page.waitForURL(`**/watch/${CLOCK}`)
    }
  }, 60_000)

  it.each(['light', 'dark'] as const)(
    'axe finds nothing, %s',
    async (colorScheme) => {
      await through(SLOW)
      for (const viewport of [DESKTOP, PHONE]) {
        const page = await browser.open(url(CLOCK), { colorScheme, viewport, bypassCSP: true })
        await play(page)
        await jump(page, 25)
        await exchange(proxy.port, `GET /api/stream/${CLOCK}`, ['Range: bytes=99999999-'])
        await expect.poll(() => page.locator('.map-row').count()).toBeGreaterThan(2)
        await page.locator('.map-row summary').first().click()
        expect(await barriers(page)).toEqual([])
        expect(await overhang(page)).toBe(0)
      }
    },
    60_000,
  )
})

/** A film with 40 MB of nothing at its end, more than buffers on the way to a slow reader hold. */
function makeLong(path: string): void {
  const free = 40_000_000
  copyFileSync(join(SAMPLES, CLOCK), path)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(free)
  head.write('free', 4)
  appendFileSync(path, head)
  truncateSync(path, statSync(path).size - 8 + free)
}

/** Jumps, and waits until there is a picture. */
async function jump(page: Page, second: number): Promise<void> {
  await page.evaluate(async (target) => {
    const media = document.querySelector('video')
    if (media === null) throw new Error('no video')
    const seeked = new Promise((resolve) => media.addEventListener('seeked', resolve, { once: true }))
    media.currentTime = target
    await seeked
  }, second)
}

/** The ranges in the list, oldest first. */
async function rangesOf(page: Page | undefined): Promise<string[]> {
  return ((await page?.locator('.map-range').allTextContents()) ?? []).reverse()
}

/** Acts as a browser does whose tab is hidden or shown: headless Chromium shows all of them. */
async function setVisible(page: Page, isVisible: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
      document.dispatchEvent(new Event('visibilitychange'))
    },
    isVisible ? 'visible' : 'hidden',
  )
}

async function downloaded(page: Page, button: string): Promise<{ name: string; content: unknown }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(button)])
  return { name: file.suggestedFilename(), content: JSON.parse(readFileSync(await file.path(), 'utf8')) }
}

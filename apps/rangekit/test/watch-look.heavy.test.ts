import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { barriers, chromiumPath, overhang, PHONE, sharedBrowser } from './support/browser.ts'
import { CLOCK, HOSTILE, pathOf, sharedWatchSite } from './support/watch-site.ts'

const ON_PHONE = { viewport: PHONE, hasTouch: true, isMobile: true }
const KINDS = [CLOCK, HOSTILE, 'silence.wav', 'dot.png', 'paper.pdf', 'notes.txt', 'data.bin', 'broken.mp4']

describe.skipIf(chromiumPath === undefined)('the page of a file in a real browser', () => {
  const browser = sharedBrowser()
  const site = sharedWatchSite()

  const url = (name: string) => `${site.origin}${pathOf(name)}`

  it.each(['light', 'dark'] as const)(
    'axe finds nothing on any kind of file, %s',
    async (colorScheme) => {
      for (const name of KINDS) {
        const page = await browser.open(url(name), { colorScheme, bypassCSP: true })
        expect(await barriers(page), name).toEqual([])
        await page.keyboard.press('?')
        expect(await barriers(page), `${name}, help`).toEqual([])
      }
    },
    120_000,
  )

  it('nothing scrolls sideways on a phone, and the film fills its width', async () => {
    for (const name of KINDS) {
      const page = await browser.open(url(name), ON_PHONE)
      expect(await overhang(page), name).toBe(0)
    }
    const page = await browser.open(url(CLOCK), ON_PHONE)
    expect(await page.locator('video').boundingBox()).toMatchObject({ x: 0, width: 390 })
  }, 60_000)

  it.each([
    ['wide', 640, 200],
    ['high', 120, 200],
  ])('a %s film is shown in its own shape, wholly in view', async (shape, width, height) => {
    const page = await browser.open(site.origin)
    const name = `${shape}.webm`
    site.folder.put(name, Buffer.from(await record(page, width, height), 'base64'))
    await page.goto(url(name))
    const ratio = async () => {
      const box = await page.locator('video').boundingBox()
      return box === null ? 0 : Math.round((100 * box.width) / box.height)
    }
    if (shape === 'wide') await expect.poll(ratio).toBe(320)
    const box = await page.locator('video').boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(800)
    expect(box?.height).toBeGreaterThan(200)
    // A recording has no duration: nothing claims one.
    expect(await page.locator('.facts').textContent()).not.toMatch(/Infinity|NaN/)
    await page.keyboard.press('5')
  })

  it('the Tab key goes from top to bottom', async () => {
    for (const name of [CLOCK, 'paper.pdf']) {
      const page = await browser.open(url(name))
      const tops = await page.evaluate(() =>
        [...document.querySelectorAll('main > *')]
          .filter((child) => child instanceof HTMLElement && child.offsetParent !== null)
          .filter((child) => !/^(?:absolute|fixed)$/.test(getComputedStyle(child).position))
          .map((child) => child.getBoundingClientRect().top),
      )
      expect(tops.length).toBeGreaterThan(3)
      expect(tops, name).toEqual(tops.toSorted((a, b) => a - b))
    }
  })

  it('an empty file is explained, next to the player', async () => {
    site.folder.put('empty.mp4', '')
    const page = await browser.open(url('empty.mp4'))
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('The file is empty')
    const box = await page.getByRole('alert').boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(800)
  })

  it('a picture is shown', async () => {
    const page = await browser.open(url('dot.png'))
    const isShown = () =>
      page.evaluate(() => (document.querySelector<HTMLImageElement>('.stage img')?.naturalWidth ?? 0) > 0)
    await expect.poll(isShown).toBe(true)
    expect(await page.getByRole('img', { name: 'dot' }).isVisible()).toBe(true)
  })

  it('a PDF is shown, and can be opened in full', async () => {
    const page = await browser.open(url('paper.pdf'))
    const red = async () => {
      const box = await page.locator('iframe').boundingBox()
      if (box === null) return false
      const picture = await page.screenshot()
      return isRed(page, picture.toString('base64'), box.x + box.width / 2, box.y + box.height / 2)
    }
    await expect.poll(red).toBe(true)
    expect(await page.getByRole('link', { name: 'Open it in full' }).getAttribute('href')).toBe(
      'api/stream/paper.pdf',
    )
  })

  it('a text is shown', async () => {
    const page = await browser.open(url('notes.txt'))
    const frame = page.frameLocator('iframe')
    expect(await frame.locator('body').textContent()).toBe('Some notes\n')
  })

  it('a song plays', async () => {
    const page = await browser.open(url('silence.wav'))
    await page.keyboard.press('l')
    await page.keyboard.press('k')
    await expect
      .poll(() => page.evaluate(() => document.querySelector('audio')?.currentTime ?? 0))
      .toBeGreaterThan(10.2)
    expect(await page.locator('.facts').textContent()).toContain('0:12')
    expect(await page.evaluate(() => navigator.mediaSession.metadata?.title)).toBe('silence')
  })

  it('a song shows the picture in it, once the server has found it', async () => {
    const page = await browser.open('about:blank')
    const cover = 'api/stream/dot.png'
    await page.route('**/api/media/silence.wav', (route) => route.fulfill({ json: { duration: 12, cover } }))
    await page.goto(url('silence.wav'))
    await expect.poll(() => page.locator('img.cover').getAttribute('src')).toBe(cover)
    await page.route('**/api/media/silence.wav', (route) => route.fulfill({ status: 503, body: 'busy' }))
    await page.reload()
    await expect.poll(() => page.locator('span.cover').isVisible()).toBe(true)
  })

  it('any other file has its type, size and a download', async () => {
    const page = await browser.open(url('data.bin'))
    expect(await page.locator('.facts').textContent()).toMatch(/5\.00 kB.*application\/octet-stream/s)
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download' }).click()
    expect((await download).suggestedFilename()).toBe('data.bin')
  })

  it('a hostile name is text, and its film plays', async () => {
    const page = await browser.open(url(HOSTILE))
    expect(await page.locator('h1').textContent()).toBe(
      HOSTILE.replace('.mp4', '').replaceAll(/\s+/g, ' ').trim(),
    )
    await page.keyboard.press('k')
    await expect
      .poll(() => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0))
      .toBeGreaterThan(0.2)
    await page.keyboard.press('5')
    await page.reload()
    await expect.poll(() => page.locator('#resumed').textContent()).toContain('Resumed at 0:10')
  })
})

/** Records a moment of a red picture as WebM, in Base64. */
function record(page: Page, width: number, height: number): Promise<string> {
  return page.evaluate(
    async ({ width, height }) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const context = canvas.getContext('2d')
      if (context === null) throw new Error('no canvas')
      const recorder = new MediaRecorder(canvas.captureStream(25))
      const recorded = new Promise<Blob>((resolve) =>
        recorder.addEventListener('dataavailable', ({ data }) => resolve(data), { once: true }),
      )
      recorder.start()
      for (let frame = 0; frame < 10; frame++) {
        context.fillStyle = `rgb(${155 + 10 * frame} 0 0)`
        context.fillRect(0, 0, width, height)
        await new Promise((resolve) => setTimeout(resolve, 40))
      }
      recorder.stop()
      const bytes = new Uint8Array(await (await recorded).arrayBuffer())
      return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''))
    },
    { width, height },
  )
}

/** Whether a pixel of a screenshot is red. */
function isRed(page: Page, png: string, x: number, y: number): Promise<boolean> {
  return page.evaluate(
    async ({ png, x, y }) => {
      const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
      canvas?.drawImage(bitmap, 0, 0)
      const [red = 0, green = 255, blue = 255] = canvas?.getImageData(x, y, 1, 1).data ?? []
      return red > 200 && green < 50 && blue < 50
    },
    { png, x, y },
  )
}

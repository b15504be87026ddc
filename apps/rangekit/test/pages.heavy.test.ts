import { copyFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { barriers, chromiumPath, DESKTOP, overhang, PHONE, sharedBrowser } from './support/browser.ts'
import { startServer } from './support/server.ts'

const HOSTILE = `<img src=x onerror=alert(1)> & "'#?%25 \u2028 \u05d0\u05d1__task.mp4`
const HOSTILE_TITLE = HOSTILE.replace('__task.mp4', '').replace(/\s+/g, ' ')
const FILM = 'Clock__7f3a91c2-5d1e-4b8a.mp4'

const folder = sharedFolder(({ put, at }) => {
  put('films/Alien (1979).mkv', 'x'.repeat(3000))
  put('films/More/Blade Runner.mp4', 'x'.repeat(5000))
  put('films2/Other.mp4', 'x')
  put('empty/.keep', '')
  put(HOSTILE, 'x'.repeat(100))
  put('song.mp3', 'x'.repeat(20))
  put('notes.txt', 'x'.repeat(10))
  put(`${'a very long name '.repeat(12)}.txt`, 'x')
  copyFileSync(join(SAMPLES, FILM), at(FILM))
  for (let index = 0; index < 20_000; index++) put(`many/${number(index)}.txt`, '')
  utimesSync(at('notes.txt'), 1, 1)
})
const server = sharedServer(() => startServer(folder.path))
const link = (path: string) => `http://127.0.0.1:${server.port}/${path}`

function number(index: number): string {
  return String(index).padStart(5, '0')
}

describe.skipIf(chromiumPath === undefined)('the library, in a browser', () => {
  const browser = sharedBrowser()
  const titles = (page: Page) => page.locator('.card .title').allTextContents()

  it('shows folders first, then files, with what is known of them', async () => {
    const page = await browser.open(link(''))
    expect((await titles(page)).slice(0, 4)).toEqual(['empty', 'films', 'films2', 'many'])
    expect(await page.locator('#total').textContent()).toBe('9 items')
    const film = page.locator('.card', { hasText: 'Clock' })
    await expect.poll(() => film.locator('.badge').textContent()).toBe('0:30')
    await expect.poll(() => film.locator('.cover img').count()).toBe(1)
  })

  it('shows names as text, whatever is in them', async () => {
    const page = await browser.open(link(''))
    expect(await titles(page)).toContain(HOSTILE_TITLE)
    expect(await page.locator('img[src=x]').count()).toBe(0)
    await page.locator('.card', { hasText: 'onerror' }).locator('a').click()
    expect(decodeURIComponent(page.url())).toContain(HOSTILE)
  })

  it('searches as one types, and says so in its address', async () => {
    const page = await browser.open(link(''))
    await page.keyboard.press('/')
    await page.keyboard.type('blade')
    await expect.poll(() => titles(page)).toEqual(['Blade Runner'])
    expect(await page.locator('.place').textContent()).toBe('in films/More')
    expect(await page.locator('#total').textContent()).toBe('1 match')
    expect(new URL(page.url()).search).toBe('?q=blade')
    await page.reload()
    expect(await page.locator('#q').inputValue()).toBe('blade')
    expect(await titles(page)).toEqual(['Blade Runner'])
    await page.keyboard.press('/')
    await page.keyboard.type('nothing like this')
    await expect.poll(() => page.locator('#notice h2').textContent()).toBe('Nothing matches')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('#total').textContent()).toBe('9 items')
  })

  it('shows only the last of several searches', async () => {
    const page = await browser.open(link('browse/many/'))
    // The answer to this one never comes.
    await page.route(/[?&]q=1&/, () => undefined)
    const [asked] = await Promise.all([page.waitForRequest(/[?&]q=1&/), page.fill('#q', '1')])
    const [givenUp] = await Promise.all([page.waitForEvent('requestfailed'), page.fill('#q', '00042')])
    expect(givenUp).toBe(asked)
    await expect.poll(() => titles(page)).toEqual(['00042'])
  })

  it('searches for what was typed before its script was there', async () => {
    const page = await browser.open('about:blank')
    await page.route('**/assets/library.js', async (route) => {
      await page.fill('#q', 'blade')
      await route.continue()
    })
    await page.goto(link(''))
    await expect.poll(() => titles(page)).toEqual(['Blade Runner'])
  })

  it('sorts', async () => {
    const page = await browser.open(link(''))
    await page.selectOption('#sort', '-size')
    await expect.poll(async () => (await titles(page)).slice(4, 6)).toEqual(['Clock', HOSTILE_TITLE])
    await page.selectOption('#sort', 'modified')
    await expect.poll(async () => (await titles(page))[4]).toBe('notes')
    await page.reload()
    expect((await titles(page))[4]).toBe('notes')
    expect(await page.locator('#sort').inputValue()).toBe('modified')
  })

  it('is a grid or a list, as the reader chose', async () => {
    const page = await browser.open(link(''))
    await page.getByRole('button', { name: 'List' }).click()
    expect(await page.locator('#cards').getAttribute('class')).toBe('list')
    await page.goto(link('browse/films/'))
    expect(await page.locator('#cards').getAttribute('class')).toBe('list')
    await page.getByRole('button', { name: 'Grid' }).click()
    expect(await page.locator('#cards').getAttribute('class')).toBe('grid')
    expect(new URL(page.url()).search).toBe('')
  })

  it('goes down into folders, and back', async () => {
    const page = await browser.open(link('?sort=-modified'))
    await page.locator('.card', { hasText: 'films' }).first().locator('a').click()
    expect(page.url()).toBe(link('browse/films/'))
    expect(await titles(page)).toEqual(['More', 'Alien (1979)'])
    await page.locator('.card', { hasText: 'More' }).locator('a').click()
    expect(await page.locator('.crumbs').textContent()).toBe('LibraryfilmsMore')
    await page.getByRole('link', { name: 'films' }).click()
    expect(page.url()).toBe(link('browse/films/'))
    await page.goBack()
    await page.goBack()
    await page.goBack()
    expect(page.url()).toBe(link('?sort=-modified'))
    expect(await page.locator('#sort').inputValue()).toBe('-modified')
  })

  it('says that a folder is empty, and that there is none', async () => {
    const page = await browser.open(link('browse/empty/'))
    expect(await page.locator('#notice h2').textContent()).toBe('This folder is empty')
    await page.goto(link('browse/no/such/folder/'))
    expect(await page.locator('h1').textContent()).toBe('There is nothing here')
    await page.getByRole('link', { name: 'Go to the library' }).click()
    expect(page.url()).toBe(link(''))
  })

  it('shows changes of the folder by itself, and keeps the focus', async () => {
    const page = await browser.open(link('browse/films/'))
    await page.locator('.card a').nth(1).focus()
    folder.put('films/Aardvark.mp4', 'x')
    await expect.poll(() => titles(page)).toEqual(['More', 'Aardvark', 'Alien (1979)'])
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Alien')
    rmSync(folder.at('films/Aardvark.mp4'))
    await expect.poll(() => titles(page)).toEqual(['More', 'Alien (1979)'])
  })

  it('says that the server is away, and tries again', async () => {
    const page = await browser.open(link('browse/films/'))
    await page.route('**/api/videos*', (route) => route.abort())
    await page.fill('#q', 'alien')
    await expect.poll(() => page.locator('#notice h2').textContent()).toBe('The list could not be loaded')
    await page.unroute('**/api/videos*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => titles(page)).toEqual(['Alien (1979)'])
    expect(await page.locator('#notice').isVisible()).toBe(false)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('cards')
  })

  it('scrolls through 20,000 files, with few of them in the document', async () => {
    const page = await browser.open(link('browse/many/'))
    expect(await page.locator('#total').textContent()).toBe('20,000 items')
    const seen = new Set<string>()
    for (const share of [0.1, 0.5, 0.9, 1]) {
      await page.evaluate((at) => scrollTo(0, at * document.documentElement.scrollHeight), share)
      await expect.poll(() => page.locator('.card.waiting').count(), { timeout: 20_000 }).toBe(0)
      for (const title of await titles(page)) seen.add(title)
      expect(await page.locator('.card').count()).toBeLessThan(100)
    }
    const last = page.locator('.card').last()
    await expect.poll(() => last.getAttribute('aria-posinset')).toBe('20000')
    await expect.poll(() => last.locator('.title').textContent()).toBe('19999')
    expect(seen.size).toBeGreaterThan(40)
    expect(await last.evaluate((card) => card.getBoundingClientRect().bottom <= innerHeight)).toBe(true)
  }, 60_000)

  it('is used by keyboard', async () => {
    const page = await browser.open(link('browse/many/'))
    const focused = () => page.evaluate(() => document.activeElement?.querySelector('.title')?.textContent)
    const columns = await page.evaluate(
      () =>
        getComputedStyle(document.querySelector('#cards') ?? document.body).gridTemplateColumns.split(' ')
          .length,
    )
    await page.keyboard.press('/')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('00000')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('00001')
    for (let row = 0; row < 30; row++) await page.keyboard.press('ArrowDown')
    await expect.poll(focused).toBe(number(30 * columns + 1))
    const inView = await page.evaluate(() => {
      const { top, bottom } = document.activeElement?.getBoundingClientRect() ?? { top: -1, bottom: -1 }
      return top >= 0 && bottom <= innerHeight
    })
    expect(inView).toBe(true)
    // The card is gone from the document, but not forgotten.
    await page.evaluate(() => scrollTo(0, 100_000))
    await expect.poll(focused).not.toBe(number(30 * columns + 1))
    await page.keyboard.press('ArrowLeft')
    expect(await focused()).toBe(number(30 * columns))
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/watch/many/00000.txt')
  })

  it('shows how far the reader has come in a film', async () => {
    const page = await browser.open(link(''))
    const place = JSON.stringify({ position: 15, duration: 30, at: Date.now() })
    await page.evaluate(
      ([name = '', value = '']) => localStorage.setItem(name, value),
      [`rangekit:position:${FILM}`, place],
    )
    await page.reload()
    const bar = page.locator('.card', { hasText: 'Clock' }).locator('.progress span')
    expect(await bar.evaluate((span) => span.style.inlineSize)).toBe('50%')
  })

  it('fits on a phone', async () => {
    const page = await browser.open(link(''), { viewport: PHONE, hasTouch: true, isMobile: true })
    expect(await overhang(page)).toBe(0)
    await page.goto(link('?view=list'))
    expect(await overhang(page)).toBe(0)
    for (const target of await page.locator('.card a, .tools button, .tools input[type=search]').all()) {
      expect((await target.boundingBox())?.height).toBeGreaterThanOrEqual(44)
    }
  })

  it.each(
    (['light', 'dark'] as const).flatMap((colorScheme) =>
      ['', '?view=list', 'browse/films/More/', 'browse/empty/', 'no/such/page'].map((path) => ({
        colorScheme,
        path,
      })),
    ),
  )('has no barriers: /$path, $colorScheme', async ({ colorScheme, path }) => {
    for (const viewport of path === '' ? [DESKTOP, PHONE] : [DESKTOP]) {
      const page = await browser.open(link(path), { colorScheme, viewport, bypassCSP: true })
      expect(await barriers(page)).toEqual([])
    }
  })

  it('works without scripts', async () => {
    const page = await browser.open(link(''), { javaScriptEnabled: false })
    expect(await titles(page)).toContain('Clock')
    await page.fill('#q', 'blade')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=blade/)
    expect(await titles(page)).toEqual(['Blade Runner'])
    await page.goto(link('browse/many/?sort=-title'))
    expect((await titles(page))[0]).toBe('19999')
    await page.getByRole('link', { name: 'Next page' }).click()
    expect((await titles(page))[0]).toBe('19939')
  })
})

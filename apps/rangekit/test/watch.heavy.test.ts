import { readFileSync, rmSync } from 'node:fs'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath, sharedBrowser } from './support/browser.ts'
import { secondShown } from './support/second-shown.ts'
import { CLOCK, PLASMA, pathOf, sharedWatchSite } from './support/watch-site.ts'

describe.skipIf(chromiumPath === undefined)('the player in a real browser', () => {
  const browser = sharedBrowser()
  const site = sharedWatchSite()

  const open = (name: string, options?: BrowserContextOptions, base = '') =>
    browser.open(`${site.origin}${base}${pathOf(name)}`, options)

  it.each([
    ['at the root', ''],
    ['behind a proxy that adds a path', '/pre'],
  ])('plays, seeks and shows the right picture %s', async (_, base) => {
    const page = await open(CLOCK, {}, base)
    await page.keyboard.press('k')
    await expect.poll(() => time(page)).toBeGreaterThan(0.3)
    await page.keyboard.press('k')
    await page.keyboard.press('5')
    await expect.poll(() => secondShown(page)).toBe(15)
  })

  it('plays with its own controls where there are no scripts', async () => {
    const page = await open(CLOCK, { javaScriptEnabled: false })
    await page.waitForLoadState('networkidle')
    expect(await page.locator('video[controls] > track').count()).toBe(2)
    expect(await page.locator('h1').textContent()).toBe('Clock')
    expect(await page.getByRole('link', { name: 'Download' }).isVisible()).toBe(true)
    expect(
      await page.locator('#copy, #vlc, #speed, #keyboard, #problem, #map').filter({ visible: true }).count(),
    ).toBe(0)
    await page.getByRole('link', { name: 'Next' }).click()
    expect(page.url()).not.toContain(CLOCK)
  })

  describe('subtitles', () => {
    it.each([
      ['en-US', 'Hello <i>from</i> SubRip'],
      ['es-MX', 'Hola'],
      ['de-DE', 'Hello <i>from</i> SubRip'],
    ])('are shown by a key in the language of the browser, %s, and stay on', async (locale, text) => {
      const page = await open(CLOCK, { locale })
      expect(await cuesShown(page)).toEqual([])
      await page.keyboard.press('c')
      await page.keyboard.press('1')
      await expect.poll(() => cuesShown(page)).toEqual([text])
      await page.reload()
      await page.keyboard.press('1')
      await expect.poll(() => cuesShown(page)).toEqual([text])
      await page.keyboard.press('c')
      await expect.poll(() => cuesShown(page)).toEqual([])
      await page.reload()
      await page.keyboard.press('1')
      await page.waitForTimeout(300)
      expect(await cuesShown(page)).toEqual([])
    })

    it('that are chosen in the menu of the controls are remembered, too', async () => {
      const page = await open(CLOCK)
      await page.evaluate(() => {
        const [, spanish] = document.querySelector('video')?.textTracks ?? []
        if (spanish) spanish.mode = 'showing'
      })
      await expect
        .poll(() => page.evaluate(() => localStorage.getItem('rangekit:subtitles')))
        .toBe('{"on":true,"language":"es"}')
      await page.reload()
      await page.keyboard.press('1')
      await expect.poll(() => cuesShown(page)).toEqual(['Hola'])
    })
  })

  it('resumes where the reader was, and starts over on request', async () => {
    const page = await open(CLOCK)
    const notice = page.locator('#resumed')
    expect(await notice.isVisible()).toBe(false)
    await page.keyboard.press('4')
    await expect.poll(() => time(page)).toBe(12)
    await page.reload()
    await expect.poll(() => time(page)).toBe(12)
    expect(await notice.textContent()).toContain('Resumed at 0:12')
    await notice.getByRole('button').click()
    await expect.poll(() => time(page)).toBe(0)
    expect(await notice.isVisible()).toBe(false)
    await page.reload()
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) > 0)
    expect(await time(page)).toBe(0)
    expect(await notice.isVisible()).toBe(false)
  })

  it('goes to the next and the previous file in the order that the reader came in', async () => {
    const page = await open(CLOCK)
    await page.keyboard.press('n')
    await page.waitForURL(`**${pathOf(PLASMA)}`)
    await page.keyboard.press('Shift+P')
    await page.waitForURL(`**${pathOf(CLOCK)}`)
    await page.goto(`${site.origin}${pathOf(CLOCK)}?sort=-title`)
    await page.keyboard.press('p')
    await page.waitForURL(`**${pathOf(PLASMA)}?sort=-title`)
  })

  it('plays the next file at the end, if the reader has switched that on', async () => {
    const page = await open(CLOCK)
    const button = page.getByRole('button', { name: 'Play next' })
    expect(await button.getAttribute('aria-pressed')).toBe('false')
    const toEnd = () =>
      page.evaluate(async () => {
        const video = document.querySelector('video')
        if (video === null) return
        video.currentTime = video.duration - 0.3
        await video.play()
        await new Promise((resolve) => video.addEventListener('ended', resolve))
      })
    await toEnd()
    await page.waitForTimeout(300)
    expect(page.url()).toContain(pathOf(CLOCK))
    await button.click()
    await toEnd().catch(() => {})
    await page.waitForURL(`**${pathOf(PLASMA)}`)
    await expect.poll(() => time(page)).toBeGreaterThan(0.2)
    expect(await page.getByRole('button', { name: 'Play next' }).getAttribute('aria-pressed')).toBe('true')
  })

  describe('a problem is explained', () => {
    it.each([['a file that is no film', async () => {}, 'broken.mp4', 'This browser cannot play the file']])(
      '%s',
      async (_, act, name, title) => {
        const page = await open(name)
        await act()
        const problem = page.getByRole('alert')
        await expect.poll(() => problem.textContent()).toContain(title)
        expect(await problem.getByRole('link', { name: 'Download' }).isVisible()).toBe(true)
        const download = page.waitForEvent('download')
        await problem.getByRole('button', { name: 'Open in VLC' }).click()
        expect((await download).suggestedFilename()).toBe('broken.m3u8')
      },
    )

    it.each([
      ['gone', 'The file is gone', (name: string) => remove(name)],
      [
        'another one',
        'The file has changed',
        (name: string) => site.folder.put(name, new Uint8Array(2_000_000)),
      ],
    ])('a film that is %s by now', async (_, title, change) => {
      const name = 'passing.mp4'
      site.folder.put(name, readFileSync(site.folder.at(CLOCK)))
      const page = await open(name)
      await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) > 0)
      change(name)
      await page.waitForTimeout(1100)
      await page.evaluate(() => {
        // Another query, since the player may still have all of the film.
        const video = document.querySelector('video')
        if (video !== null) video.src += '?again'
      })
      await expect.poll(() => page.getByRole('alert').textContent()).toContain(title)
      expect(await page.getByRole('alert').getByRole('button', { name: 'Reload' }).isVisible()).toBe(true)
      remove(name)
    })
  })

  describe('takes the file elsewhere', () => {
    it.each([
      ['', ''],
      ['', '/pre'],
    ])('copies an absolute link %s%s', async (_, base) => {
      const page = await open(CLOCK, { permissions: ['clipboard-read', 'clipboard-write'] }, base)
      await page.getByRole('button', { name: 'Copy link' }).click()
      await expect
        .poll(() => page.evaluate(() => navigator.clipboard.readText()))
        .toBe(`${site.origin}${base}/api/stream/${CLOCK}`)
    })

    it('offers the link in a field where there is no clipboard', async () => {
      const page = await open(CLOCK)
      await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
      await page.getByRole('button', { name: 'Copy link' }).click()
      const field = page.getByLabel('Copy this link')
      expect(await field.inputValue()).toBe(`${site.origin}/api/stream/${CLOCK}`)
      expect(await page.evaluate(() => String(getSelection()))).toBe(`${site.origin}/api/stream/${CLOCK}`)
    })

    it.each([
      ['Open in VLC', 'Clock.m3u8', 1],
      ['Playlist', 'Library.m3u8', 4],
    ])('%s saves a playlist with absolute links', async (name, file, films) => {
      const page = await open(CLOCK, {}, '/pre')
      const download = page.waitForEvent('download')
      await page.locator('.tools').getByText(name, { exact: true }).click()
      const saved = await download
      expect(saved.suggestedFilename()).toBe(file)
      const lines = readFileSync(await saved.path(), 'utf8').split('\n')
      expect(lines).toContain(`${site.origin}/pre/api/stream/${CLOCK}`)
      const links = lines.filter((line) => line.startsWith('http'))
      expect(links.length).toBeGreaterThanOrEqual(films)
      for (const link of links) expect((await fetch(link)).status).toBe(200)
    })

    it.each([
      ['an iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)', /^vlc-x-callback:/],
      ['Android', 'Mozilla/5.0 (Linux; Android 16; Pixel 9)', /^intent:\/\/127/],
    ])('opens VLC on %s by the scheme it has there', async (_, userAgent, scheme) => {
      const page = await open(CLOCK, { userAgent })
      const session = await page.context().newCDPSession(page)
      await session.send('Page.enable')
      const asked = new Promise<string>((resolve) =>
        session.on('Page.frameRequestedNavigation', ({ url }) => resolve(url)),
      )
      await page.getByRole('button', { name: 'Open in VLC' }).click()
      expect(await asked).toMatch(scheme)
    })
  })

  const remove = (name: string) => rmSync(site.folder.at(name), { force: true })
})

function time(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelector('video')?.currentTime ?? -1)
}

function cuesShown(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const tracks = [...(document.querySelector('video')?.textTracks ?? [])]
    return tracks
      .filter(({ mode }) => mode === 'showing')
      .flatMap(({ activeCues }) => [...(activeCues ?? [])])
      .map((cue) => ('text' in cue ? String(cue.text) : ''))
  })
}

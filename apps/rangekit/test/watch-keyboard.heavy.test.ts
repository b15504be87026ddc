import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { HELP } from '../src/client/watch-keys.ts'
import { chromiumPath, sharedBrowser } from './support/browser.ts'
import { CLOCK, pathOf, sharedWatchSite } from './support/watch-site.ts'

/** What the keys change. */
interface State {
  readonly time: number
  readonly paused: boolean
  readonly volume: number
  readonly muted: boolean
  readonly speed: number
  readonly fullscreen: boolean
  /** The message over the picture. */
  readonly toast: string
  /** The same for screen readers. */
  readonly status: string
}

describe.skipIf(chromiumPath === undefined)('the keyboard', () => {
  const browser = sharedBrowser()
  const site = sharedWatchSite()
  let page: Page

  beforeEach(async () => {
    page = await browser.open(`${site.origin}${pathOf(CLOCK)}`)
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) > 0)
  })

  /** The film paused at 15 of 30 seconds, at half the volume. */
  const reset = async () => {
    await page.evaluate(async () => {
      const video = document.querySelector('video')
      if (video === null) return
      video.pause()
      Object.assign(video, { volume: 0.5, muted: false, playbackRate: 1, currentTime: 15 })
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      if (document.fullscreenElement !== null) await document.exitFullscreen()
    })
    await page.waitForFunction(() => document.querySelector('video')?.seeking === false)
  }
  const state = (): Promise<State> =>
    page.evaluate(() => {
      const video = document.querySelector('video')
      if (video === null) throw new Error('no video')
      const toast = document.getElementById('toast')
      return {
        time: video.currentTime,
        paused: video.paused,
        volume: video.volume,
        muted: video.muted,
        speed: video.playbackRate,
        fullscreen: document.fullscreenElement === video,
        toast: toast?.matches(':popover-open') ? (toast.textContent ?? '') : '',
        status: document.getElementById('status')?.textContent ?? '',
      }
    })

  const said = (text: string) => ({ toast: text, status: text })
  const digits = Array.from({ length: 10 }, (_, digit) => ({
    key: String(digit),
    expected: { time: digit * 3, ...said(`0:${String(digit * 3).padStart(2, '0')}`) },
  }))
  const table: readonly { readonly key: string; readonly expected: Partial<State> }[] = [
    { key: 'k', expected: { paused: false, ...said('Playing') } },
    { key: 'Space', expected: { paused: false, ...said('Playing') } },
    { key: 'j', expected: { time: 5, ...said('0:05') } },
    { key: 'l', expected: { time: 25, ...said('0:25') } },
    { key: 'ArrowLeft', expected: { time: 10, ...said('0:10') } },
    { key: 'ArrowRight', expected: { time: 20, ...said('0:20') } },
    { key: 'ArrowUp', expected: { volume: 0.55, ...said('Volume 55%') } },
    { key: 'ArrowDown', expected: { volume: 0.45, ...said('Volume 45%') } },
    { key: 'm', expected: { muted: true, ...said('Muted') } },
    { key: 'Shift+<', expected: { speed: 0.75, ...said('Speed 0.75×') } },
    { key: 'Shift+>', expected: { speed: 1.25, ...said('Speed 1.25×') } },
    { key: 'f', expected: { fullscreen: true } },
    { key: 'K', expected: { paused: false } },
    ...digits,
  ]

  it('each key does what the help says', async () => {
    for (const { key, expected } of table) {
      await reset()
      await page.keyboard.press(key)
      await expect.poll(state, { message: key }).toMatchObject(expected)
    }
  })

  it.each([
    ['j', 3, 0],
    ['ArrowLeft', 2, 0],
    ['l', 28, 30],
  ])('%s at %d seconds stops at the end of the film, %d', async (key, from, to) => {
    await reset()
    await page.evaluate((seconds) => {
      const video = document.querySelector('video')
      if (video !== null) video.currentTime = seconds
    }, from)
    await page.keyboard.press(key)
    await expect.poll(async () => Math.round((await state()).time)).toBe(to)
  })

  it('the volume and the speed stay within their limits', async () => {
    await reset()
    for (let press = 0; press < 12; press++) {
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Shift+>')
    }
    expect(await state()).toMatchObject({ volume: 1, speed: 3 })
    for (let press = 0; press < 22; press++) {
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Shift+<')
    }
    expect(await state()).toMatchObject({ volume: 0, speed: 0.25 })
  })

  it('a message is seen in full screen, too', async () => {
    await reset()
    await page.keyboard.press('f')
    await expect.poll(async () => (await state()).fullscreen).toBe(true)
    await page.keyboard.press('m')
    expect(await state()).toMatchObject(said('Muted'))
    await page.keyboard.press('f')
    await expect.poll(async () => (await state()).fullscreen).toBe(false)
  })

  it('picture in picture opens and closes', async () => {
    await reset()
    const isOpen = () => page.evaluate(() => document.pictureInPictureElement !== null)
    await page.keyboard.press('i')
    await expect.poll(isOpen).toBe(true)
    await page.keyboard.press('i')
    await expect.poll(isOpen).toBe(false)
  })

  it.each(['Space', 'k'])('%s toggles once while the film has the focus', async (key) => {
    await reset()
    await page.evaluate(() => document.querySelector('video')?.focus())
    await page.keyboard.press(key)
    await expect.poll(async () => (await state()).paused).toBe(false)
    await page.keyboard.press(key)
    await expect.poll(async () => (await state()).paused).toBe(true)
  })

  it('arrows move by the same steps while the film has the focus', async () => {
    await reset()
    await page.evaluate(() => document.querySelector('video')?.focus())
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowUp')
    expect(await state()).toMatchObject({ time: 20, volume: 0.55 })
  })

  it('a space on a button presses the button', async () => {
    await reset()
    await page.getByRole('button', { name: 'Play next' }).focus()
    await page.keyboard.press('Space')
    expect(await page.getByRole('button', { name: 'Play next' }).getAttribute('aria-pressed')).toBe('true')
    expect(await state()).toMatchObject({ paused: true })
    await page.keyboard.press('Space')
  })

  it('a key that is held down seeks on, but plays or pauses once', async () => {
    await reset()
    for (const key of ['k', 'ArrowRight']) {
      for (let press = 0; press < 2; press++) await page.keyboard.down(key)
      await page.keyboard.up(key)
    }
    const { time, paused } = await state()
    expect(paused).toBe(false)
    expect(time).toBeGreaterThanOrEqual(25)
    expect(await page.evaluate(() => scrollY)).toBe(0)
  })

  it('does nothing in fields and menus', async () => {
    await reset()
    await page.getByLabel('Speed').focus()
    await page.keyboard.press('k')
    await page.evaluate(() => {
      const field = document.querySelector<HTMLInputElement>('#link')
      if (field?.parentElement) field.parentElement.hidden = false
      field?.focus()
    })
    for (const key of ['k', 'm', 'n', '5', 'Space', '?']) await page.keyboard.press(key)
    expect(await state()).toMatchObject({ paused: true, muted: false, time: 15 })
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  it.each(['Control+k', 'Alt+ArrowRight', 'Meta+m'])('%s is left to the browser', async (key) => {
    await reset()
    await page.keyboard.press(key)
    expect(await state()).toMatchObject({ paused: true, muted: false, time: 15 })
  })

  it('? opens the help, which lists each key, and closes it', async () => {
    await reset()
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    const text = await help.textContent()
    for (const { keys, label } of HELP) {
      for (const words of [label, ...keys]) expect(text).toContain(words)
    }
    await page.keyboard.press('k')
    expect(await state()).toMatchObject({ paused: true })
    await page.keyboard.press('?')
    await expect.poll(() => help.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    expect(await help.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await help.isVisible()).toBe(false)
  })

  it('the menu of speeds and the keys agree', async () => {
    await reset()
    const menu = page.getByLabel('Speed')
    await menu.selectOption('2')
    expect(await state()).toMatchObject({ speed: 2 })
    await menu.blur()
    await page.keyboard.press('Shift+>')
    await expect.poll(() => menu.inputValue()).toBe('2.5')
  })

  it('says where there is no other file', async () => {
    await page.goto(`${site.origin}${pathOf('paper.pdf')}`)
    await page.keyboard.press('n')
    await expect.poll(() => page.locator('#status').textContent()).toBe('This is the last file')
  })
})

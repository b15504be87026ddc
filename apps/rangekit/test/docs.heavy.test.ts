import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import type { BrowserContextOptions } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { fillFolder } from './support/api/media.ts'
import { SAMPLES } from './support/api/samples.ts'
import { barriers, chromiumPath, DESKTOP, overhang, PHONE, sharedBrowser } from './support/browser.ts'
import { startServer } from './support/server.ts'

const folder = sharedFolder(fillFolder)
const server = sharedServer(() => startServer(folder.at('media')))
const docs = () => `${server.origin}/docs`

describe.skipIf(chromiumPath === undefined)('the page of the HTTP API, in a browser', () => {
  const browser = sharedBrowser()

  it.each<[string, BrowserContextOptions]>([
    ['on a desktop, light', { viewport: DESKTOP, colorScheme: 'light' }],
    ['on a phone, dark', { viewport: PHONE, colorScheme: 'dark' }],
  ])('fits, bars nobody and asks no other server: %s', async (_, options) => {
    const page = await browser.open('about:blank', { ...options, bypassCSP: true })
    const hosts = new Set<string>()
    page.on('request', (request) => hosts.add(new URL(request.url()).origin))
    await page.goto(docs())
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true
    })
    expect(await overhang(page)).toBe(0)
    expect(await barriers(page)).toEqual([])
    expect([...hosts]).toEqual([server.origin])
  })

  it('has examples for this server and one of its files, and copies them', async () => {
    const page = await browser.open(docs(), { permissions: ['clipboard-read', 'clipboard-write'] })
    const endpoint = page.locator('#getStream')
    await endpoint.locator('.tabs label', { hasText: '<video>' }).click()
    await endpoint.locator('.sample:visible .copy').click()
    expect(await page.locator('#status').textContent()).toBe('Copied')
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `<video controls preload="metadata" src="${server.origin}/api/stream/film.mp4"></video>`,
    )
  })

  it('shows all examples in the language that was chosen, also the next time', async () => {
    const page = await browser.open(docs())
    await page.locator('#getVideos .tabs label', { hasText: 'Python' }).click()
    const shown = page.locator('#getMedia .sample:visible')
    expect(await shown.getAttribute('data-label')).toBe('Python')
    await page.reload()
    expect(await shown.getAttribute('data-label')).toBe('Python')
  })

  it('works without scripts', async () => {
    const page = await browser.open(docs(), { javaScriptEnabled: false })
    const endpoint = page.locator('#getStream')
    await endpoint.locator('.tabs label', { hasText: 'Python' }).click()
    expect(await endpoint.locator('.sample:visible').getAttribute('data-label')).toBe('Python')
    await endpoint.locator('summary', { hasText: '416' }).click()
    expect(await endpoint.locator('details[open]').textContent()).toContain('bytes */791842')
    expect(await page.getByRole('button', { name: 'Copy' }).count()).toBe(0)
  })

  it.each(SAMPLES.filter(({ lang }) => lang === 'HTML').map(({ name, source }) => [name, source] as const))(
    'has an example that plays: %s',
    async (_, source) => {
      const page = await browser.open('about:blank')
      const text = source.replaceAll('http://127.0.0.1:8001', server.origin)
      await page.route('**/example', (route) => route.fulfill({ contentType: 'text/html', body: text }))
      await page.goto(`${server.origin}/example`)
      const played = await page.evaluate(async () => {
        const video = document.querySelector('video')
        if (video === null) return undefined
        video.muted = true
        await video.play()
        while (video.currentTime < 0.2) await new Promise((resolve) => setTimeout(resolve, 20))
        return [...video.textTracks].map(({ cues }) => cues?.length)
      })
      expect(played).toEqual(text.includes('<track') ? [1] : [])
    },
  )
})

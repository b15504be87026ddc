import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { signUrl } from '@rangekit/range-handler'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { describe, expect, it } from 'vitest'
import { chromiumPath, sharedBrowser } from './support/browser.ts'
import { startPrefixProxy } from './support/prefix-proxy.ts'
import { startServer } from './support/server.ts'

const FILM = 'Clock__7f3a91c2-5d1e-4b8a.mp4'
const PREFIX = '/some/prefix'
const secret = 'a secret for the tests of a prefix'

const folder = sharedFolder(({ put, at }) => {
  put('media/films/more/second.mp4', 'x')
  copyFileSync(join(SAMPLES, FILM), at(`media/films/${FILM}`))
  put('secrets', secret)
})

describe.skipIf(chromiumPath === undefined)('behind a path of a proxy', () => {
  const browser = sharedBrowser()

  describe.each([
    { how: 'plain', args: () => [], link: async (path: string) => path },
    {
      how: 'signed',
      args: () => ['--secret-file', folder.at('secrets')],
      link: (path: string) => signUrl(path, { secret, expiresIn: 60 }),
    },
  ])('with $how links', ({ args, link }) => {
    const server = sharedServer(() => startServer(folder.at('media'), { args: args() }))
    const proxy = sharedServer(() => startPrefixProxy(PREFIX, server.port))

    it('every request stays below it', async () => {
      const requests: string[] = []
      const page = await browser.open('about:blank')
      page.on('request', (request) => requests.push(request.url()))
      const base = `http://127.0.0.1:${proxy.port}${PREFIX}`
      await page.goto(`${base}${await link('/')}`)
      await page.getByRole('link', { name: 'films' }).click()
      await expect.poll(() => page.locator('.cover img').count()).toBe(1)
      await page.fill('#q', 'second')
      await expect.poll(() => page.locator('#total').textContent()).toBe('1 match')
      await page.reload()
      await page.getByRole('link', { name: 'Library' }).click()
      await page.getByRole('link', { name: 'films' }).click()
      await page.getByRole('link', { name: 'Clock' }).click()
      await page.waitForURL(`${base}/watch/films/**`)
      await page.goto(`${base}/no/such/page`)
      expect(requests.filter((url) => /^http/.test(url) && !url.startsWith(`${base}/`))).toEqual([])
      expect(proxy.astray).toEqual([])
      expect(requests.length).toBeGreaterThan(20)
    })
  })
})

import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chromiumPath, sharedBrowser } from './support/browser.ts'
import { signedMedia } from './support/signed-media.ts'

const { folder, server, sign } = signedMedia()

describe.skipIf(chromiumPath === undefined)('with signed links, in a browser', () => {
  const browser = sharedBrowser()
  const open = async (path: string) => browser.open(`http://127.0.0.1:${server.port}${await sign(path)}`)

  it('one goes down, searches, reloads and comes back', async () => {
    const page = await open('/browse/films/')
    const titles = () => page.locator('.card .title').allTextContents()
    expect(await titles()).toEqual(['sub', 'a'])
    await page.getByRole('link', { name: 'sub' }).click()
    await expect.poll(titles).toEqual(['second'])
    expect(await page.locator('.crumbs a').allTextContents()).toEqual(['films'])
    await page.getByRole('link', { name: 'films' }).click()
    await page.waitForURL('**/browse/films/?*')
    await page.fill('#q', 'sec')
    await expect.poll(titles).toEqual(['second'])
    await page.reload()
    expect(await titles()).toEqual(['second'])
    await page.getByRole('link', { name: 'Rangekit' }).click()
    await expect.poll(titles).toEqual(['sub', 'a'])
  })

  it('changes of the folder show by themselves', async () => {
    const page = await open('/browse/films2/')
    writeFileSync(folder.at('media/films2/d.mp4'), 'x')
    await expect.poll(() => page.locator('.card .title').allTextContents()).toEqual(['c', 'd'])
  })

  it('one sees that a link is not valid', async () => {
    const page = await browser.open(`http://127.0.0.1:${server.port}/browse/films/`)
    expect(await page.locator('h1').textContent()).toBe('This link is not valid')
  })
})

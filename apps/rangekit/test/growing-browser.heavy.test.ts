import { existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath, sharedBrowser } from './support/browser.ts'
import { GrowingCopy } from './support/growing-copy.ts'
import { play } from './support/play.ts'
import { secondShown } from './support/second-shown.ts'
import { startServer } from './support/server.ts'
import { CLOCK } from './support/watch-site.ts'

const ffmpeg = findTool('ffmpeg', 'ffmpeg')
const VP8 = '-r 6 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 400k -g 6 -an'

describe.skipIf(chromiumPath === undefined || ffmpeg === undefined)('a film that is still coming', () => {
  const films = sharedFolder(async (folder) => {
    // What tells where a second is stands at the front: a player needs that to move ahead.
    await run(ffmpeg ?? '', [
      '-v',
      'error',
      '-i',
      join(SAMPLES, CLOCK),
      ...words(`${VP8} -cues_to_front 1`),
      folder.at('Clock.webm'),
    ])
  })
  const folder = sharedFolder()
  const server = sharedServer(() => startServer(folder.path))
  const browser = sharedBrowser()

  it.each([
    ['MP4', 'mp4', () => join(SAMPLES, CLOCK)],
    ['WebM', 'webm', () => films.at('Clock.webm')],
  ])(
    'plays, waits where the reader has moved it ahead, goes on, and plays to its end: %s',
    async (_, extension, path) => {
      const name = `Clock__7.${extension}`
      const copy = new GrowingCopy(folder, name, readFileSync(path()))
      copy.growTo(0.4)
      const page = await browser.open(`${server.origin}/api/stream/${name}`)
      await play(page)
      await expectPicture(page)

      await seek(page, 26)
      await page.waitForTimeout(300)
      copy.growTo(0.5)
      await page.waitForTimeout(300)
      expect(await isSeeking(page)).toBe(true)
      copy.growTo(0.95)
      await expect.poll(() => isSeeking(page), { timeout: 10_000 }).toBe(false)
      await expect.poll(() => secondShown(page)).toBeGreaterThanOrEqual(26)
      await expectPicture(page)

      copy.finish()
      await expect.poll(() => hasEnded(page), { timeout: 20_000 }).toBe(true)
      expect(await secondShown(page)).toBe(29)
      await seek(page, 2.5)
      await expect.poll(() => secondShown(page)).toBe(2)
    },
  )

  it.each([
    ['a stream', 'stream', '-live 1'],
    ['a file, whose head it writes once more in the end', 'file', ''],
  ])(
    'plays to its end while ffmpeg writes it, however long that will be, as %s',
    async (_, stem, options) => {
      const name = `${stem}__8.webm`
      const part = folder.at(`${name}.part`)
      const encoding = `-t 8 ${VP8} ${options} -flush_packets 1 -f webm -y`
      const writer = run(ffmpeg ?? '', [
        '-v',
        'error',
        '-re',
        '-i',
        join(SAMPLES, CLOCK),
        ...words(encoding),
        part,
      ])
      await expect
        .poll(() => existsSync(part) && statSync(part).size, { timeout: 20_000 })
        .toBeGreaterThan(50_000)
      const page = await browser.open(`${server.origin}/api/stream/${name}`)
      await play(page)
      await expectPicture(page)
      expect(await writer).toMatchObject({ code: 0, stderr: '' })
      renameSync(part, folder.at(name))
      await expect.poll(() => hasEnded(page), { timeout: 20_000 }).toBe(true)
      expect(await secondShown(page)).toBe(7)
    },
  )
})

/** The picture belongs to the moment that the player says it is at. */
async function expectPicture(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelector('video')?.pause())
  await expect
    .poll(async () => {
      const time = await page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)
      return Math.abs((await secondShown(page)) + 0.5 - time)
    })
    .toBeLessThan(0.7)
  await page.evaluate(() => document.querySelector('video')?.play())
}

function seek(page: Page, time: number): Promise<void> {
  return page.evaluate((to) => {
    const video = document.querySelector('video')
    if (video !== null) video.currentTime = to
  }, time)
}

function isSeeking(page: Page): Promise<boolean | undefined> {
  return page.evaluate(() => document.querySelector('video')?.seeking)
}

function hasEnded(page: Page): Promise<boolean | undefined> {
  return page.evaluate(() => document.querySelector('video')?.ended)
}

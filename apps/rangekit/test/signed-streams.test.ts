import { readFileSync } from 'node:fs'
import { signUrl } from '@rangekit/range-handler'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { describe, expect, it } from 'vitest'
import { chromiumPath, sharedBrowser } from './support/browser.ts'
import { refused, runCommand, startServer } from './support/server.ts'
import { ffmpeg, playThrough, putStreams, STREAM_LENGTH, STREAMS } from './support/streams.ts'

const secret = 'a secret for the tests of signed streams'
const folder = sharedFolder((made) => {
  made.put('secrets', secret)
  made.put('media/film.mp4', 'x')
  if (ffmpeg !== undefined) putStreams({ ...made, at: (name) => made.at(`media/${name}`) })
})
const server = sharedServer(() =>
  startServer(folder.at('media'), { args: ['--secret-file', folder.at('secrets')] }),
)

describe.skipIf(chromiumPath === undefined || ffmpeg === undefined)('with signed links, in a browser', () => {
  const browser = sharedBrowser()
  const open = async (path: string) =>
    browser.open(server.origin + (await signUrl(path, { secret, expiresIn: 60 })))

  it('the page of an HLS playlist plays to the end', async () => {
    const page = await open('/watch/streams/hls/index.m3u8')
    const state = () =>
      page.evaluate(() => {
        const media = document.querySelector('video')
        return media && [media.ended, Math.round(media.duration), media.error?.message]
      })
    await page.evaluate(() => {
      const media = document.querySelector('video')
      if (media === null) throw new Error('no video')
      media.muted = true
      media.playbackRate = 4
      return media.play()
    })
    await expect.poll(state, { timeout: 25_000 }).toEqual([true, STREAM_LENGTH, undefined])
  })

  it.each(STREAMS)('the link for VLC of a page plays $kind to the end', async ({ playlist }) => {
    const page = await open(`/watch/${playlist}`)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Open in VLC' }).first().click()
    const [link = ''] = /^http.*$/m.exec(readFileSync(await (await saved).path(), 'utf8')) ?? []
    const played = await playThrough(link)
    expect(played).toMatchObject({ code: 0, stderr: '' })
    expect(played).toEqual(await playThrough(folder.at(`media/${playlist}`)))
  })
})

describe('rangekit sign', () => {
  const sign = (...args: string[]) => {
    const flags = ['--secret-file', folder.at('secrets'), '--expires-in', '60s', '--base', server.origin]
    return runCommand(['sign', ...args, ...flags])
  }

  it('prints a link to all files below a folder for its name, and to a page for its path', async () => {
    const [files, page] = await Promise.all([sign('./'), sign('/', '--scope', 'exact')])
    for (const finished of [files, page]) expect(finished).toMatchObject({ code: 0, stderr: '' })
    const statusOf = async (link: string) => (await fetch(link)).status
    expect(await statusOf(`${files.stdout.trimEnd()}film.mp4`)).toBe(200)
    expect(await statusOf(page.stdout.trimEnd())).toBe(200)
    expect(await statusOf(`${files.stdout.trimEnd()}/missing.mp4`)).toBe(404)
    expect(await statusOf(`${server.origin}/api/stream/film.mp4`)).toBe(403)
  })

  it('says what cannot be signed', async () => {
    const [file, scope] = await Promise.all([
      sign('film.mp4', '--scope', 'prefix'),
      sign('films/', '--scope', 'folder'),
    ])
    expect(file).toEqual(refused(/rangekit: .+ a path that ends in a slash.*/))
    expect(scope).toEqual(refused(/error: .+ Allowed choices are exact, prefix\./))
  })
})

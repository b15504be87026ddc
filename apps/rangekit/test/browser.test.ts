import { setTimeout as sleep } from 'node:timers/promises'
import { createApp } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import { type RunningServer, serve } from '@rangekit/server'
import { CHROMIUM_FLAGS, findBrowser } from '@rangekit/test-kit/browsers'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { Hono } from 'hono'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const executablePath = findBrowser('chrome')

/** What the server was asked, and what it answered. */
interface Exchange {
  readonly range: string | null
  readonly status: number
  readonly firstPos: number
}

describe.skipIf(executablePath === undefined)('in a real browser', () => {
  let browser: Browser
  let server: RunningServer
  let page: Page
  let exchanges: Exchange[] = []

  beforeAll(async () => {
    const app = new Hono()
      .get('/watch', ({ html, req }) => html(`<video muted src="${req.query('src')}"></video>`))
      .use('/slow/*', async (context, next) => {
        await next()
        const { body } = context.res
        if (body !== null) context.res = new Response(body.pipeThrough(trickle()), context.res)
      })
      .route('/', createApp({ source: fileSource(SAMPLES) }))
    app.mount('/slow', app.fetch)
    server = await serve({
      port: 0,
      async fetch(request) {
        const response = await app.fetch(request)
        const firstPos = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]
        if (new URL(request.url).pathname.includes('/api/stream/')) {
          exchanges.push({
            range: request.headers.get('range'),
            status: response.status,
            firstPos: Number(firstPos),
          })
        }
        return response
      },
    })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: CHROMIUM_FLAGS })
  }, 60_000)
  beforeEach(async () => {
    exchanges = []
    page = await browser.newPage()
    return () => page.close()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop(0)
  })

  const watch = (path: string) => page.goto(`http://127.0.0.1:${server.port}/watch?src=${path}`)

  it.each([
    { name: 'Clock__7f3a91c2-5d1e-4b8a.mp4', duration: 30 },
    { name: 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4', duration: 20 },
  ])(
    '$name plays, and shows the correct picture after each jump',
    async ({ name, duration }) => {
      await watch(`/api/stream/${name}`)
      expect(await play(page)).toMatchObject({
        width: 640,
        height: 360,
        duration: expect.closeTo(duration, 0),
      })
      for (const second of [duration / 2, duration - 2, 3, duration - 1]) {
        expect(await secondShownAfterJump(page, second + 0.5)).toBe(second)
      }
      expect(exchanges.length).toBeGreaterThan(0)
      for (const { range, status } of exchanges) expect([range === null, status]).toEqual([false, 206])
    },
    60_000,
  )

  it('a jump beyond the buffer requests the bytes there', async () => {
    await watch('/slow/api/stream/Clock__7f3a91c2-5d1e-4b8a.mp4')
    expect(await secondShownAfterJump(page, 15.5)).toBe(15)
    expect(await secondShownAfterJump(page, 28.5)).toBe(28)
    expect(exchanges.filter(({ firstPos }) => firstPos > 0).length).toBeGreaterThan(0)
    expect(new Set(exchanges.map(({ status }) => status))).toEqual(new Set([206]))
  }, 60_000)
})

/** Passes a body on slowly in small pieces, so that a player has to request what it jumps to. */
function trickle(): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    async transform(chunk, controller) {
      for (let at = 0; at < chunk.byteLength; at += 8192) {
        await sleep(50)
        controller.enqueue(chunk.subarray(at, at + 8192))
      }
    },
  })
}

/** Plays for half a second, and returns what the player knows of the video then. */
function play(page: Page): Promise<{ width: number; height: number; duration: number }> {
  return page.evaluate(async () => {
    const video = document.querySelector('video')
    if (video === null) throw new Error('no video')
    await video.play()
    while (video.currentTime < 0.5) await new Promise((resolve) => setTimeout(resolve, 20))
    video.pause()
    return { width: video.videoWidth, height: video.videoHeight, duration: video.duration }
  })
}

/** Jumps, and reads the second that the picture shows: in binary, as five squares at its lower edge. */
function secondShownAfterJump(page: Page, time: number): Promise<number> {
  return page.evaluate(async (target) => {
    const video = document.querySelector('video')
    const canvas = new OffscreenCanvas(640, 360).getContext('2d')
    if (video === null || canvas === null) throw new Error('no video')
    await new Promise<void>((resolve, reject) => {
      const failed = () => reject(new Error(`The video failed: ${video.error?.message}`))
      video.addEventListener('error', failed, { once: true })
      // `seeked` may fire before the picture is there.
      const onPicture = (_: number, { mediaTime }: { mediaTime: number }) => {
        if (Math.abs(mediaTime - target) < 0.1) resolve()
        else video.requestVideoFrameCallback(onPicture)
      }
      video.requestVideoFrameCallback(onPicture)
      video.currentTime = target
    })
    canvas.drawImage(video, 0, 0, 640, 360)
    let second = 0
    for (const x of [420, 460, 500, 540, 580]) {
      const [red = 0] = canvas.getImageData(x + 20, 330, 1, 1).data
      second = second * 2 + (red > 127 ? 1 : 0)
    }
    return second
  }, time)
}

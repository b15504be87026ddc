import { signUrl } from '@rangekit/range-handler'
import { expect, it } from 'vitest'
import { fakeTransfer } from '../../test/support/fake-transfer.ts'
import type { Signed } from '../access/access.ts'
import { createAccess } from '../access/access.ts'
import { eventRoutes } from './event-routes.ts'
import { TransferHub } from './hub.ts'

const secret = 'secret for tests'

/** Routes whose hub knows of one transfer of each of these keys, and whose folders change at once. */
function routes(signed: Signed | undefined, ...keys: string[]) {
  const hub = new TransferHub()
  const stopping = new AbortController()
  for (const key of keys) {
    hub.expect(key)
    hub.onTransfer({ ...fakeTransfer(key), outcome: { kind: 'complete' } })
  }
  const watched: string[] = []
  const app = eventRoutes({
    hub,
    access: createAccess(signed),
    stopping: stopping.signal,
    growth: {
      listen(key, listener) {
        listener({ key, frontier: 0, state: 'growing' })
        return () => {}
      },
    },
    watchFolder(path, onChange) {
      watched.push(path)
      onChange(`version of ${path}`)
      return () => watched.splice(watched.indexOf(path), 1)
    },
  })
  return { app, watched, stopping }
}

/** Reads what a stream begins with, and leaves. */
async function beginning(response: Response): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const quiet = () => new Promise<undefined>((resolve) => setTimeout(resolve, 300))
  for (;;) {
    const next = await Promise.race([reader?.read(), quiet()])
    if (next?.value === undefined) break
    text += next.value
  }
  await reader?.cancel()
  return text
}

const page = (path: string, secretOfLink = secret, expiresIn = 60) =>
  signUrl(path, { secret: secretOfLink, expiresIn }).then((link) => `&grant=${encodeURIComponent(link)}`)

it('without secrets, a stream tells of every key and folder', async () => {
  const { app, watched } = routes(undefined, 'a.mp4')
  const text = await beginning(await app.request('/?key=a.mp4&folder=&folder=films&folder=../x'))
  expect(text).toContain('"key":"a.mp4"')
  expect(text).toContain('event: folder\ndata: {"path":"films","version":"version of films"}\n\n')
  expect(text).not.toContain('../x')
  expect(watched).toEqual([])
})

it('with secrets, it tells of what the links of its pages include, together', async () => {
  const { app } = routes({ secrets: [secret] }, 'a.mp4', 'films/b.mp4', 'c.mp4')
  const grants = (await page('/watch/a.mp4')) + (await page('/browse/films/')) + (await page('/', 'another'))
  const query = '/?key=a.mp4&key=films/b.mp4&key=c.mp4&folder=&folder=films'
  const text = await beginning(await app.request(query + grants))
  expect(text).toContain('"key":"a.mp4"')
  expect(text).toContain('"key":"films/b.mp4"')
  expect(text).toContain('"path":"films"')
  expect(text).not.toContain('c.mp4')
  expect(text).not.toContain('"path":""')
})

it('tells how much is there of the files that its links include', async () => {
  const { app } = routes({ secrets: [secret] })
  const grants = await page('/watch/a.mp4')
  const text = await beginning(await app.request(`/?growing=a.mp4&growing=b.mp4&growing=../x${grants}`))
  expect(text).toContain('event: growth\ndata: {"key":"a.mp4","frontier":0,"state":"growing"}\n\n')
  expect(text.match(/event: growth/g)).toHaveLength(1)
})

it('with secrets and no valid link, there is no stream', async () => {
  const { app } = routes({ secrets: [secret] }, 'a.mp4')
  for (const grants of [
    '',
    '&grant=',
    '&grant=/',
    await page('/', 'another'),
    await page('/api/stream/a.mp4'),
  ]) {
    expect((await app.request(`/?key=a.mp4${grants}`)).status).toBe(403)
  }
})

it('ends when one of its links expires, and comes again with what the others include', async () => {
  const { app, watched } = routes({ secrets: [secret] }, 'a.mp4')
  const grants = (await page('/watch/a.mp4')) + (await page('/browse/films/', secret, 2))
  const query = `/?key=a.mp4&folder=films${grants}`
  const response = await app.request(query)
  expect(watched).toEqual(['films'])
  expect(await response.text()).toContain('"path":"films"')
  expect(watched).toEqual([])
  await new Promise((resolve) => setTimeout(resolve, 1100))
  expect(await beginning(await app.request(query))).toContain('"key":"a.mp4"')
  expect(watched).toEqual([])
})

it('ends when the server stops, and is refused after that', async () => {
  const { app, watched, stopping } = routes(undefined)
  const response = await app.request('/?folder=films')
  expect(watched).toEqual(['films'])
  stopping.abort()
  expect(await response.text()).toContain('event: folder')
  expect(watched).toEqual([])
  expect((await app.request('/?folder=films')).status).toBe(503)
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chaosFaults, checkBytes, startChaosOrigin } from '@rangekit/conformance/origin'
import { shared } from '@rangekit/test-kit/fixtures'
import { describe, expect, it, vi } from 'vitest'
import { copyDownloadsExample, type DownloadState, type Running } from './support/downloads-example.ts'
import { startScriptedOrigin, tagOf } from './support/scripted-origin.ts'

// The example of downloads that are watched while they come, in a process of its own, with origins that misbehave.
const SIZE = 200_000
const HALF = 100_000

const origin = shared(startScriptedOrigin, (made) => made[Symbol.asyncDispose]())
const example = shared(copyDownloadsExample, (made) => made[Symbol.dispose]())
const server = shared(
  () => example.start(),
  (made) => made[Symbol.asyncDispose](),
)

/** Waits until a download has ended, or has that many bytes. */
async function reaches(
  { id }: DownloadState,
  frontier: number,
  on: Running = server,
): Promise<DownloadState> {
  return vi.waitUntil(
    async () => {
      const now = await on.state(id)
      return now !== undefined && (now.frontier >= frontier || /done|failed/.test(now.state)) && now
    },
    { timeout: 10_000, interval: 20 },
  )
}

const ends = (download: DownloadState, on?: Running) => reaches(download, Number.POSITIVE_INFINITY, on)

/** All that a reader gets, of which version it is, and whether it ended early. */
async function watch(download: DownloadState, on: Running = server) {
  return readAll(await connect(download, on))
}

/** What is read of the body comes from the file that was there when this resolves. */
function connect({ link }: DownloadState, on: Running = server): Promise<Response> {
  return fetch(on.origin + link)
}

async function readAll(response: Response) {
  const pieces: Uint8Array[] = []
  let isBroken = false
  try {
    for await (const piece of response.body ?? []) pieces.push(piece)
  } catch {
    isBroken = true
  }
  const bytes = Buffer.concat(pieces)
  return { response, isBroken, length: bytes.byteLength, ...checkBytes(bytes, 0) }
}

const whole = (version: number) => ({
  isBroken: false,
  length: SIZE,
  versions: [version],
  wrongAt: undefined,
})

describe.concurrent('the example of downloads', () => {
  it('answers with a link that can be watched to the end while the file comes', async () => {
    const url = origin.put('watched.mp4', { until: HALF })
    const download = await server.download(url, 'The film.mp4')
    expect(download).toMatchObject({ state: 'running', completeLength: SIZE })
    expect(download.link).toBe(`/api/stream/The%20film__${download.id}.mp4`)
    const watched = watch(download)
    expect(await reaches(download, HALF)).toMatchObject({ state: 'running', frontier: HALF })
    origin.put('watched.mp4', {})
    const { response, ...got } = await watched
    expect(got).toEqual(whole(1))
    expect(response.headers.get('Content-Length')).toBe(String(SIZE))
    expect(response.headers.get('Content-Type')).toBe('video/mp4')
    expect(await ends(download)).toMatchObject({ state: 'done', frontier: SIZE })
    expect(existsSync(example.at(download.name))).toBe(true)
  })

  it('goes on behind a broken connection, and its readers do not notice', async () => {
    const download = await server.download(origin.put('broken.mp4', { until: HALF }))
    const watched = readAll(await connect(download))
    await reaches(download, HALF)
    origin.put('broken.mp4', { cut: { at: HALF, next: {} } })
    expect(await watched).toMatchObject(whole(1))
    expect(await ends(download)).toMatchObject({ state: 'done' })
    expect(origin.requests('broken.mp4')).toMatchObject([
      { 'accept-encoding': 'identity' },
      { range: `bytes=${HALF}-`, 'if-range': tagOf(1) },
    ])
  })

  it('goes on after it was killed, with what is missing only', async () => {
    const url = origin.put('killed.mp4', { until: HALF })
    const other = await copyAndStart()
    const download = await other.running.download(url)
    await reaches(download, HALF, other.running)
    await other.running.kill()
    origin.put('killed.mp4', {})
    await using again = await other.copy.start()
    expect(await watch(download, again)).toMatchObject(whole(1))
    expect(await ends(download, again)).toMatchObject({ state: 'done', frontier: SIZE, completeLength: SIZE })
    const [, resumed, ...further] = origin.requests('killed.mp4')
    expect(resumed).toMatchObject({ range: `bytes=${HALF}-`, 'if-range': tagOf(1) })
    expect(further).toEqual([])
    expect(readFileSync(other.copy.at(download.name)).byteLength).toBe(SIZE)
    expect(readdirSync(other.copy.at('')).sort()).toEqual([`.${download.name}.json`, download.name])
    other.copy[Symbol.dispose]()
  })

  it.each([
    ['answers with all of it', false],
    ['sends the rest of it in spite of If-Range', true],
  ])('begins anew where the origin has another version and %s', async (_, isCareless) => {
    const name = `changed-${isCareless}.mp4`
    const download = await server.download(origin.put(name, { until: HALF }))
    const watched = readAll(await connect(download))
    await reaches(download, HALF)
    origin.put(name, { cut: { at: HALF, next: { version: 2, isCareless } } })
    const before = await watched
    expect(before).toMatchObject({ isBroken: true, versions: [1], wrongAt: undefined })
    expect(await ends(download)).toMatchObject({ state: 'done', frontier: SIZE })
    const after = await watch(download)
    expect(after).toMatchObject(whole(2))
    expect(after.response.headers.get('ETag')).not.toBe(before.response.headers.get('ETag'))
  })

  it('begins anew where the origin has become shorter', async () => {
    const download = await server.download(origin.put('shorter.mp4', { until: HALF }))
    await reaches(download, HALF)
    origin.put('shorter.mp4', { cut: { at: HALF, next: { version: 2, size: 5000 } } })
    expect(await ends(download)).toMatchObject({ state: 'done', frontier: 5000, completeLength: 5000 })
    expect(await watch(download)).toMatchObject({ length: 5000, versions: [2] })
  })

  it('streams without a length what the origin tells no length of', async () => {
    const url = origin.put('recording.ts', { promises: undefined, until: HALF })
    const download = await server.download(url)
    const watched = readAll(await connect(download))
    await reaches(download, HALF)
    origin.put('recording.ts', { promises: undefined })
    const { response, ...got } = await watched
    expect(got).toEqual(whole(1))
    expect(response.headers.get('Content-Length')).toBeNull()
    expect(await ends(download)).toMatchObject({ state: 'done', completeLength: SIZE })
  })

  it('stores decoded what the origin encodes all the same', async () => {
    const download = await server.download(origin.put('encoded.txt', { isEncoded: true }))
    expect(await ends(download)).toMatchObject({ state: 'done', frontier: SIZE })
    expect(await watch(download)).toMatchObject(whole(1))
  })

  it('gives up where bytes that were promised do not come, and says so', async () => {
    const download = await server.download(origin.put('lie.mp4', { promises: SIZE + 1 }))
    expect(await ends(download)).toMatchObject({ state: 'failed', frontier: SIZE, completeLength: SIZE + 1 })
    expect(existsSync(example.at(download.name))).toBe(false)
    expect(origin.requests('lie.mp4').length).toBeGreaterThan(5)
  })

  it('asks again after a 503, but not after a 404', async () => {
    const busy = await server.download(origin.put('busy.mp4', { status: 503, next: {} }))
    expect(busy).toMatchObject({ error: 'The origin answers 503' })
    expect(await ends(busy)).toMatchObject({ state: 'done' })
    const absent = await server.download(origin.put('absent.mp4', { status: 404 }))
    expect(absent).toMatchObject({ state: 'failed', error: 'The origin answers 404' })
    expect(origin.requests('absent.mp4')).toHaveLength(1)
  })

  it('gives up an origin that nothing listens at', async () => {
    const download = await server.download('http://127.0.0.1:9/film.mp4')
    expect(await ends(download)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('fetch failed'),
    })
  })

  it('cancels a download, and removes what was there of it', async () => {
    const url = origin.put('cancelled.mp4', { until: HALF })
    const download = await server.download(url)
    const watched = readAll(await connect(download))
    await reaches(download, HALF)
    expect(await server.cancel(download.id)).toBe(204)
    expect(readdirSync(example.at('')).filter((name) => name.includes(download.id))).toEqual([])
    expect(await watched).toMatchObject({ isBroken: true, versions: [1] })
    expect(await server.cancel(download.id)).toBe(404)
  })

  it('runs only so many at a time', async () => {
    const url = origin.put('queue.mp4', { until: HALF })
    const { copy, running } = await copyAndStart({ MAX_DOWNLOADS: '1' })
    const downloads = [await running.download(url), await running.download(url)]
    expect(downloads).toMatchObject([{ state: 'running' }, { state: 'waiting', frontier: 0 }])
    origin.put('queue.mp4', {})
    for (const download of downloads) {
      expect(await ends(download, running)).toMatchObject({ state: 'done', frontier: SIZE })
    }
    await running.kill()
    copy[Symbol.dispose]()
  })

  it.each([
    ['../../etc/passwd', 'etc passwd__ID'],
    ['.hidden.MP4', 'hidden__ID.mp4'],
    ['a\u0000b\n\u202Ec/d\\e.mp4', 'a b c d e__ID.mp4'],
    ['', 'download__ID'],
    ['ñ'.repeat(300), `${'ñ'.repeat(75)}__ID`],
    ['.mp4', 'mp4__ID'],
    [undefined, 'a film__ID.mp4'],
  ])('calls %j %s', async (filename, expected) => {
    const download = await server.download(origin.put('a%20film.mp4', { size: 1 }), filename)
    expect(download.name.replace(download.id, 'ID')).toBe(expected)
    await ends(download)
    expect((await fetch(server.origin + download.link)).status).toBe(200)
    expect(
      (await fetch(`${server.origin}/api/stream/.${encodeURIComponent(download.name)}.json`)).status,
    ).toBe(404)
  })

  it.each([
    [{ url: 'file:///etc/passwd' }, 400],
    [{ url: 'ftp://host/film.mp4' }, 400],
    [{ url: 'http://name:word@host/film.mp4' }, 400],
    [{ url: 'film.mp4' }, 400],
    [{ url: 7 }, 400],
    [null, 400],
    [{ url: 'http://host/', filename: 'x'.repeat(20_000) }, 413],
  ])('refuses %j', async (body, status) => {
    expect((await server.post(body)).status).toBe(status)
  })

  it('refuses what a page of another site may send unasked', async () => {
    expect((await server.post({ url: origin.put('unasked.mp4', {}) }, 'text/plain')).status).toBe(415)
    expect(origin.requests('unasked.mp4')).toEqual([])
  })
})

it('never stores or sends bytes of two versions, nor wrong ones, whatever the origin does', async () => {
  const faults = chaosFaults.filter(({ kind }) => kind !== 'silent').map(({ name }) => name)
  await using chaos = await startChaosOrigin({ size: SIZE, rate: 0.5, stallMs: 20, slowMs: 10, faults })
  const downloads = await Promise.all(Array.from({ length: 40 }, () => server.download(chaos.url)))
  const watched = Promise.all(downloads.map((each) => watch(each)))
  const states = await Promise.all(downloads.map((each) => ends(each)))
  const done = states.filter(({ state }) => state === 'done')
  expect(done.length).toBeGreaterThan(10)
  for (const { name } of done) {
    const { versions, wrongAt } = checkBytes(readFileSync(example.at(name)), 0)
    expect([versions.length, wrongAt]).toEqual([1, undefined])
  }
  const read = (await watched).filter(({ response }) => response.ok)
  expect(read.some(({ isBroken }) => !isBroken)).toBe(true)
  for (const { isBroken, length, versions, wrongAt } of read) {
    expect([versions.length, wrongAt]).toEqual([length > 8 ? 1 : 0, undefined])
    if (!isBroken) expect(length).toBe(SIZE)
  }
})

async function copyAndStart(env?: NodeJS.ProcessEnv) {
  const copy = copyDownloadsExample()
  return { copy, running: await copy.start(env) }
}

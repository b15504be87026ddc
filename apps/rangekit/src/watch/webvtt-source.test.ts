import type { RangeSource, Representation } from '@rangekit/range-core'
import { createHandler } from '@rangekit/range-handler'
import { describe, expect, it } from 'vitest'
import { MAX_SUBTITLES, webVttSource } from './webvtt-source.ts'

const SRT = '1\n00:00:01,000 --> 00:00:02,000\nHello\n'
const VTT = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n'

/** A source of one file under every key, and how often it was opened, read and closed. */
function sourceOf(content: string | Uint8Array<ArrayBuffer>, part: Partial<Representation> = {}) {
  const data = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const counts = { opened: 0, read: 0, closed: 0 }
  const source: RangeSource = {
    async open() {
      counts.opened++
      return {
        completeLength: data.byteLength,
        contentType: 'application/x-subrip',
        etag: { opaque: 'v1', weak: false },
        read({ firstPos, lastPos }) {
          counts.read++
          return data.subarray(firstPos, lastPos + 1)
        },
        close() {
          counts.closed++
        },
        ...part,
      }
    },
  }
  return { source, counts }
}

const ask = (source: RangeSource, key = 'film.srt', headers: Record<string, string> = {}) =>
  createHandler(source, { onError() {} })(new Request(`http://localhost/${key}`, { headers }))

async function get(content: string | Uint8Array<ArrayBuffer>, key?: string, part?: Partial<Representation>) {
  const { source, counts } = sourceOf(content, part)
  const response = await ask(webVttSource(source), key)
  const text = await response.text()
  expect(counts.closed).toBe(counts.opened)
  return { status: response.status, text, headers: response.headers }
}

describe('subtitles', () => {
  it('are WebVTT with the ETag of their file', async () => {
    const { status, text, headers } = await get(SRT)
    expect([status, text]).toEqual([200, VTT])
    expect([headers.get('content-type'), headers.get('etag')]).toEqual(['text/vtt', '"v1"'])
  })

  it('that are WebVTT already stay as they are, in UTF-8', async () => {
    const vtt = 'WEBVTT - title\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000\n<v Ñ>hi\n'
    expect((await get(vtt, 'film.vtt')).text).toBe(vtt)
    expect((await get(`\ufeff${vtt}`, 'film.vtt')).text).toBe(vtt)
    const utf16 = new Uint8Array([0xff, 0xfe, ...Buffer.from(vtt, 'utf16le')])
    expect((await get(utf16, 'film.vtt')).text).toBe(vtt)
  })

  it.each(['film.vtt', 'film.srt'])('are read as what they are, not as what %s says', async (key) => {
    expect((await get(SRT, key)).text).toBe(VTT)
    expect((await get(VTT, key)).text).toBe(VTT)
  })

  it('are read in the encoding that their language had', async () => {
    const bytes = new Uint8Array([...Buffer.from(SRT.replace('Hello\n', '')), 0xcf, 0x0a])
    expect((await get(bytes, 'film.ru.srt')).text).toContain('\nП\n')
    expect((await get(bytes, 'film.srt')).text).toContain('\nÏ\n')
  })

  it.each(['', 'no subtitles', '\0'])('that contain no cue are empty: %j', async (content) => {
    expect(await get(content)).toMatchObject({ status: 200, text: 'WEBVTT\n' })
  })

  it.each(['film.mp4', 'film.txt', 'film', 'vtt'])(
    'are not under %s, and its file is not opened',
    async (key) => {
      const { source, counts } = sourceOf(SRT)
      expect((await ask(webVttSource(source), key)).status).toBe(404)
      expect(counts.opened).toBe(0)
    },
  )

  it('are not found where the file is missing, or too long', async () => {
    expect((await ask(webVttSource({ open: () => undefined }))).status).toBe(404)
    expect((await get(SRT, 'film.srt', { completeLength: MAX_SUBTITLES + 1 })).status).toBe(404)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('disk')
      },
    ],
    ['gives too little', () => new Uint8Array(1)],
    [
      'fails in the middle',
      () => new ReadableStream({ pull: (controller) => controller.error(new Error('disk')) }),
    ],
  ])('are a fault where the read %s', async (_, read) => {
    expect((await get(SRT, 'film.srt', { read })).status).toBe(500)
  })

  it.each([
    ['a Blob', () => new Blob([SRT])],
    ['a stream', () => new Blob([SRT]).stream()],
  ])('come from any source: %s', async (_, read) => {
    expect((await get(SRT, 'film.srt', { read })).text).toBe(VTT)
  })
})

describe('converted subtitles', () => {
  it('are kept as long as the file is the same version', async () => {
    const { source, counts } = sourceOf(SRT)
    const subtitles = webVttSource(source)
    for (let round = 0; round < 3; round++) await ask(subtitles)
    const cached = await ask(subtitles, 'film.srt', { 'If-None-Match': '"v1"' })
    expect(cached.status).toBe(304)
    expect(counts).toEqual({ opened: 4, read: 1, closed: 4 })
  })

  it('are not kept where the source cannot tell versions apart', async () => {
    const { source, counts } = sourceOf(SRT, { etag: { opaque: 'v1', weak: true } })
    const subtitles = webVttSource(source)
    for (let round = 0; round < 3; round++) await ask(subtitles)
    expect(counts).toEqual({ opened: 3, read: 3, closed: 3 })
  })

  it('are made one at a time, also after one has failed', async () => {
    let reading = 0
    let fails = true
    const { source } = sourceOf(SRT, {
      etag: undefined,
      async read() {
        expect(++reading).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        reading--
        if (fails) throw new Error('disk')
        return new TextEncoder().encode(SRT)
      },
    })
    const subtitles = webVttSource(source)
    const statuses = async () =>
      (await Promise.all(Array.from({ length: 5 }, () => ask(subtitles)))).map(({ status }) => status)
    expect(await statuses()).toEqual([500, 500, 500, 500, 500])
    fails = false
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
  })
})

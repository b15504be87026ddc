import { renameSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { hold } from '@rangekit/test-kit/download'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const folder = sharedFolder()
const server = sharedServer(() => startServer(folder.path))

async function get(name: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.origin}/api/stream/${name}`, { headers })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

/** Every condition that would let a client keep what it has, or combine it with another part. */
function conditions(validators: Headers): Record<string, string>[] {
  const etag = validators.get('etag')
  const date = validators.get('last-modified')
  const Range = 'bytes=0-2'
  return [
    ...(etag === null ? [] : [{ 'If-None-Match': etag }, { Range, 'If-Range': etag }]),
    ...(date === null ? [] : [{ 'If-Modified-Since': date }, { Range, 'If-Range': date }]),
  ]
}

// Most of the time is pauses.
describe.concurrent('a file that is overwritten in place with as many bytes', () => {
  const ROUNDS = 1000 * runtime.share
  const FILES = 100
  /** In milliseconds, from less than a tick of the clock that stamps files to more than a second. */
  const PAUSES = [0, 0, 0, 1, 4, 10, 30, 60, 0, 5, 200, 0, 2, 1020, 0, 8, 0, 500, 0, 0, 990]

  it.for([
    { times: 'fine', coarse: false },
    // As on file systems that keep whole seconds.
    { times: 'coarse', coarse: true },
  ])(
    'is never mistaken for its old version when file times are $times',
    { timeout: 60_000 },
    async ({ times, coarse }, { expect }) => {
      const write = (path: string, content: string) => {
        writeFileSync(path, content)
        const second = Math.floor(Date.now() / 1000)
        if (coarse) utimesSync(path, second, second)
      }
      let asked = 0
      const mistakes = await rounds(FILES, FILES, async (file) => {
        const name = `${times}-${file}.txt`
        const wrong: unknown[] = []
        for (let round = file; round < ROUNDS; round += FILES) {
          const pause = (step: number) => sleep(PAUSES[(round + step * 8) % PAUSES.length])
          write(folder.at(name), `old ${round}`.padEnd(12))
          await pause(0)
          const before = await get(name)
          await pause(1)
          const content = `new ${round}`.padEnd(12)
          write(folder.at(name), content)
          await pause(2)
          const fields = conditions(before.headers)
          asked += fields.length
          const answers = await Promise.all(fields.map((condition) => get(name, condition)))
          wrong.push(...answers.filter(({ status, body }) => status !== 200 || body !== content))
        }
        return wrong
      })
      expect(mistakes.flat()).toEqual([])
      expect(asked).toBeGreaterThanOrEqual(2 * ROUNDS)
    },
  )
})

describe('a file that has not changed for a long time', () => {
  it.each([
    ['with as many bytes', 'new new new new'],
    ['with fewer bytes', 'new new'],
    ['with more bytes', 'new new new new new new'],
  ])('is not mistaken for its old version when it is overwritten in place %s', async (_, content) => {
    for (let round = 0; round < 20; round++) {
      const name = `settled-${content.length}-${round}.txt`
      folder.put(name, 'old old old old')
      const { headers } = await get(name)
      const fields = conditions(headers)
      expect(fields.length).toBe(4)
      writeFileSync(folder.at(name), content)
      for (const condition of fields) {
        expect(await get(name, condition)).toMatchObject({ status: 200, body: content })
      }
    }
  })

  it('is seen to be replaced within two seconds, and is never mixed with its replacement', async () => {
    folder.put('kept.txt', 'old')
    const { headers } = await get('kept.txt')
    const oldTag = headers.get('etag')
    expect(oldTag).toMatch(/^"/)
    writeFileSync(folder.at('next.txt'), 'brand new')
    utimesSync(folder.at('next.txt'), 1_700_000_000, 1_700_000_000)
    renameSync(folder.at('next.txt'), folder.at('kept.txt'))

    const started = performance.now()
    for (;;) {
      const answer = await get('kept.txt')
      const isNew = answer.headers.get('etag') !== oldTag
      expect(answer.body).toBe(isNew ? 'brand new' : 'old')
      if (isNew) break
      expect(performance.now() - started).toBeLessThan(2000)
      await sleep(20)
    }
    expect((await get('kept.txt', { 'If-None-Match': oldTag ?? '' })).status).toBe(200)
  })
})

describe('downloads from a server that is killed', () => {
  const FILES = 12
  /** More than kernels buffer for a client that does not read. */
  const LENGTH = 8 * 1024 * 1024
  const bytes = positionBytes(LENGTH)

  /** The same bytes for every file, except the first four. The array is reused. */
  function contentOf(index: number): Uint8Array {
    new DataView(bytes.buffer).setUint32(0, 0xfeed_0000 + index)
    return bytes
  }

  it('are resumed with If-Range: by the rest of the same file, by all of a changed one', async () => {
    const nameOf = (index: number) => `resumed-${index}.bin`
    for (let index = 0; index < FILES; index++) folder.put(nameOf(index), contentOf(index))
    await using first = await startServer(folder.path)
    const downloads = await rounds(FILES, 10, (index) => hold(first.port, `/api/stream/${nameOf(index)}`))
    await first.stop('SIGKILL')
    await using second = await startServer(folder.path)

    const outcomes = await rounds(FILES, 5, async (index) => {
      const download = downloads[index]
      if (download === undefined) throw new Error('No download')
      const pieces: Buffer[] = []
      const { received, closed } = await download.finish((piece) => pieces.push(piece))
      const etag = /^etag: (.+)\r$/im.exec(download.head)?.[1] ?? ''
      const resume = () =>
        exchange(second.port, `GET /api/stream/${nameOf(index)}`, [
          `Range: bytes=${received}-`,
          `If-Range: ${etag}`,
        ])
      const rest = await resume()
      const whole = sameBytes(Buffer.concat([...pieces, rest.body]), contentOf(index))

      writeFileSync(folder.at(nameOf(index)), `changed ${index}`)
      const changed = await resume()
      return {
        closed,
        short: received < LENGTH,
        status: rest.status,
        range: field(rest, 'content-range'),
        whole,
        changedStatus: changed.status,
        changedBody: changed.body.toString(),
        expectedRange: `bytes ${received}-${LENGTH - 1}/${LENGTH}`,
      }
    })
    outcomes.forEach(({ expectedRange: range, ...outcome }, index) => {
      expect(outcome).toEqual({
        closed: true,
        short: true,
        status: 206,
        range,
        whole: true,
        changedStatus: 200,
        changedBody: `changed ${index}`,
      })
    })
  }, 120_000)
})

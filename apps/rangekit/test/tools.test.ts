import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run, start } from '@rangekit/test-kit/processes'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { startServer } from './support/server.ts'

const LENGTH = 24_000_001
const bytes = positionBytes(LENGTH)
const curl = findTool('curl', 'curl') ?? ''
const ffprobe = findTool('ffprobe', 'ffmpeg') ?? ''
const ffmpeg = findTool('ffmpeg', 'ffmpeg') ?? ''

const folder = sharedFolder(({ put }) => put('film.bin', bytes))
const downloads = sharedFolder()
const server = sharedServer(() => startServer(folder.path))
const samples = sharedServer(() => startServer(SAMPLES))

function lengthOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

describe.skipIf(curl === '')('curl', () => {
  const url = () => `${server.origin}/api/stream/film.bin`
  const expectWhole = (path: string) => expect(sameBytes(readFileSync(path), bytes)).toBe(true)

  it('resumes an interrupted download to the same file', async () => {
    const target = downloads.at('resumed.bin')
    const first = start(curl, ['-sS', '--limit-rate', '8M', '-o', target, url()], { stdio: 'ignore' })
    const closed = once(first, 'close')
    while (lengthOf(target) < 1_000_000 && first.exitCode === null) await sleep(10)
    first.kill('SIGKILL')
    await closed
    const there = lengthOf(target)
    expect(there).toBeGreaterThan(0)
    expect(there).toBeLessThan(LENGTH)

    const report = '%{http_code} %{size_download}'
    const second = await run(curl, ['-sS', '-C', '-', '-w', report, '-o', target, url()])
    expect(second).toEqual({ code: 0, stdout: `206 ${LENGTH - there}`, stderr: '' })
    expectWhole(target)
  })

  it('has nothing to resume when the file is complete', async () => {
    const target = downloads.at('whole.bin')
    await run(curl, ['-sS', '-o', target, url()])
    const again = await run(curl, ['-sS', '-C', '-', '-w', '%{http_code}', '-o', target, url()])
    expect(again).toEqual({ code: 0, stdout: '416', stderr: '' })
    expectWhole(target)
  })

  it('fetches four parts at once that together are the file', async () => {
    const quarter = Math.ceil(LENGTH / 4)
    const parts = [0, 1, 2, 3].map((index) => ({
      range: `${index * quarter}-${(index + 1) * quarter - 1}`,
      path: downloads.at(`part-${index}`),
    }))
    const transfers = parts.flatMap(({ range, path }, index) => [
      ...(index === 0 ? [] : ['--next']),
      ...['-sS', '-f', '-r', range, '-o', path, url()],
    ])
    const finished = await run(curl, ['--parallel', '--parallel-immediate', ...transfers])
    expect(finished.code).toBe(0)
    expect(sameBytes(Buffer.concat(parts.map(({ path }) => readFileSync(path))), bytes)).toBe(true)
  })

  it('requests only the head', async () => {
    const { code, stdout } = await run(curl, ['-sS', '-I', url()])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(stdout).toMatch(new RegExp(`^content-length: ${LENGTH}\r$`, 'im'))
  })
})

const videos = [
  ['Clock__7f3a91c2-5d1e-4b8a.mp4', 30],
  ['Plasma_Clock__c04e6b17-92aa-4f0d.mp4', 20],
] as const

describe.skipIf(ffprobe === '' || ffmpeg === '').each(videos)('%s', (name, duration) => {
  const url = () => `${samples.origin}/api/stream/${name}`

  it('is read by ffprobe', async () => {
    const entries = 'format=duration,size:stream=codec_name'
    const args = ['-v', 'error', '-seekable', '1', '-show_entries', entries, '-of', 'json', url()]
    const { code, stdout, stderr } = await run(ffprobe, args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { format, streams } = JSON.parse(stdout)
    expect(Number(format.duration)).toBeCloseTo(duration, 0)
    expect(Number(format.size)).toBe(lengthOf(join(SAMPLES, name)))
    expect(streams.map((stream: { codec_name: string }) => stream.codec_name)).toEqual(['h264', 'aac'])
  })

  it('lets ffmpeg seek', async () => {
    const args = ['-v', 'error', '-ss', String(duration - 2), '-i', url(), '-frames:v', '1', '-f', 'md5', '-']
    const overHttp = await run(ffmpeg, args)
    const fromDisk = await run(
      ffmpeg,
      args.map((arg) => (arg === url() ? join(SAMPLES, name) : arg)),
    )
    expect(overHttp).toEqual(fromDisk)
    expect(overHttp.stdout).toMatch(/^MD5=/)
  })
})

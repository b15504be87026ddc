import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run, start } from '@rangekit/test-kit/processes'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { describe, expect, it } from 'vitest'
import { GrowingCopy } from './support/growing-copy.ts'
import { expectWritten } from './support/growing-steps.ts'
import { startServer } from './support/server.ts'
import { CLOCK } from './support/watch-site.ts'

const mpv = findTool('mpv', 'mpv')
const ffmpeg = findTool('ffmpeg', 'ffmpeg')
/** As fast as it can, and shows where it is. */
const FLAGS = words(`--no-config --vo=null --no-audio --untimed --term-status-msg=\${=time-pos}`)

const films = sharedFolder()
const folder = sharedFolder()
const downloads = sharedFolder()
const server = sharedServer(() => startServer(folder.path))

/** Starts mpv. */
function startPlayer(name: string, ...flags: string[]) {
  const child = start(mpv ?? '', [...FLAGS, ...flags, `${server.origin}/api/stream/${name}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let shown = ''
  child.stderr?.on('data', (chunk) => {
    shown += chunk
  })
  return {
    /** The second of the film that it shows; 0 before the first one. */
    second: () => Number(/(\d+\.\d+)\D*$/.exec(shown)?.[1] ?? 0),
    /** What it has printed, once it has ended. */
    printed: child.stdout === null ? '' : text(child.stdout),
  }
}

describe.skipIf(mpv === undefined || ffmpeg === undefined)('mpv, of a film that is still coming,', () => {
  it.each([
    // FFmpeg takes the unknown length of a 206 for 0, and looks for no index there.
    ['an MP4 whose length is known', 'mp4', true, []],
    ['a Matroska film whose length nobody knows', 'mkv', false, []],
    ['an MP4 whose length nobody knows, without ranges', 'mp4', false, ['--stream-lavf-o=seekable=0']],
  ])('plays what is there, waits, and goes on to the end: %s', async (_, extension, isKnown, flags) => {
    const film = films.at(`clock.${extension}`)
    await run(ffmpeg ?? '', [
      ...words('-v error -y -i'),
      join(SAMPLES, CLOCK),
      ...words('-c copy -movflags +faststart'),
      film,
    ])
    const name = `play-${flags.length}.${extension}`
    const copy = new GrowingCopy(folder, name, readFileSync(film), isKnown)
    copy.growTo(0.3)
    const player = startPlayer(name, ...flags)
    for (const share of [0.3, 0.6, 0.9]) {
      copy.growTo(share)
      await expect.poll(player.second).toBeGreaterThan(30 * share - 8)
      expect(player.second()).toBeLessThan(30 * share + 8)
    }
    copy.finish()
    expect(await player.printed).toContain('Exiting... (End of file)')
    expect(player.second()).toBeGreaterThan(29.9)
  })

  it('waits for the second at which it is to begin', async () => {
    const copy = new GrowingCopy(folder, 'ahead.mp4', readFileSync(join(SAMPLES, CLOCK)))
    copy.growTo(0.2)
    const player = startPlayer('ahead.mp4', '--start=20')
    copy.growTo(0.4)
    copy.finish()
    expect(await player.printed).toContain('Exiting... (End of file)')
    expect(player.second()).toBeGreaterThan(29.9)
  })

  it.each([
    ['known', true],
    ['unknown', false],
  ])('dumps the same bytes: its length is %s', async (_, isKnown) => {
    const film = readFileSync(join(SAMPLES, CLOCK))
    const name = `dump-${isKnown}.mp4`
    const copy = new GrowingCopy(folder, name, film, isKnown)
    copy.growTo(0.1)
    const { printed } = startPlayer(name, `--stream-dump=${downloads.at(name)}`)
    for (const share of [0.4, 0.7]) {
      copy.growTo(share)
      await expectWritten(downloads.at(name), film.length * share)
    }
    copy.finish()
    await printed
    expect(sameBytes(readFileSync(downloads.at(name)), film)).toBe(true)
  })
})

import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { GrowingCopy } from './support/growing-copy.ts'
import { startServer } from './support/server.ts'

const BYTES = positionBytes(100_000)
const FILM = 'GET /api/stream/film__1.mp4'

describe('rangekit DIR', () => {
  const folder = sharedFolder()
  const server = sharedServer(() => startServer(folder.path))

  it('serves a film under its final name while it is written, and sends the rest when it comes', async () => {
    const copy = new GrowingCopy(folder, 'film__1.mp4', BYTES)
    copy.growTo(0.5)
    const head = await exchange(server.port, 'HEAD /api/stream/film__1.mp4')
    expect(field(head, 'content-length')).toBe('100000')
    expect(field(head, 'etag')).toMatch(/^"growing-/)
    const there = await exchange(server.port, FILM, ['Range: bytes=0-49999'])
    expect(field(there, 'content-range')).toBe('bytes 0-49999/100000')
    let isOver = false
    const whole = exchange(server.port, FILM).finally(() => {
      isOver = true
    })
    await exchange(server.port, FILM, ['Range: bytes=9-9'])
    expect(isOver).toBe(false)
    copy.finish()
    const { status, complete, body } = await whole
    expect([status, complete, sameBytes(body, BYTES)]).toEqual([200, true, true])
    expect(field(await exchange(server.port, FILM), 'etag')).toBe(field(head, 'etag'))
  })

  it('follows a film to its end whose length nobody knows', async () => {
    const copy = new GrowingCopy(folder, 'live__2.mp4', BYTES, false)
    copy.growTo(0.5)
    const rest = exchange(server.port, 'GET /api/stream/live__2.mp4', ['Range: bytes=40000-'])
    const inside = await exchange(server.port, 'GET /api/stream/live__2.mp4', ['Range: bytes=0-9'])
    expect([inside.status, field(inside, 'content-range')]).toEqual([206, 'bytes 0-9/*'])
    copy.finish()
    const followed = await rest
    const { status, framing, complete, body } = followed
    expect([status, framing, complete]).toEqual([206, 'chunked', true])
    expect(field(followed, 'content-range')).toBe('bytes 40000-9007199254740991/*')
    expect(sameBytes(body, BYTES.subarray(40_000))).toBe(true)
  })

  it('serves with --no-growing only what has its final name', async () => {
    const plain = await startServer(folder.path, { args: ['--no-growing'] })
    const copy = new GrowingCopy(folder, 'film__3.mp4', BYTES)
    copy.growTo(0.5)
    expect((await exchange(plain.port, 'GET /api/stream/film__3.mp4')).status).toBe(404)
    copy.finish()
    expect((await exchange(plain.port, 'GET /api/stream/film__3.mp4')).status).toBe(200)
    await plain.stop()
  })

  it('breaks a response whose next byte does not come within --grow-timeout', async () => {
    const impatient = await startServer(folder.path, { args: ['--grow-timeout', '200ms'] })
    const copy = new GrowingCopy(folder, 'film__4.mp4', BYTES)
    copy.growTo(0.5)
    const { status, complete, body } = await exchange(impatient.port, 'GET /api/stream/film__4.mp4')
    expect([status, complete, body.byteLength]).toEqual([200, false, 50_000])
    await impatient.stop()
  })

  it('gives a complete film the same tag from all of its --workers, whoever has seen it grow', async () => {
    const several = await startServer(folder.path, { args: ['--workers', '2'] })
    const copy = new GrowingCopy(folder, 'film__5.mp4', BYTES)
    copy.growTo(0.5)
    await exchange(several.port, 'HEAD /api/stream/film__5.mp4')
    copy.finish()
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => exchange(several.port, 'HEAD /api/stream/film__5.mp4')),
    )
    expect(new Set(answers.map((answer) => field(answer, 'etag'))).size).toBe(1)
    await several.stop()
  })
})

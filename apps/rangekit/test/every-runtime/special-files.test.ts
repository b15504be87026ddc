import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { openBelow } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'
import { afterAll, describe, expect, it } from 'vitest'
import { NOT_FOUND, startServer, type TestServer } from '../support/server.ts'

/** Expects a 404 within a second. */
async function expectNotFound({ port }: TestServer, name: string): Promise<void> {
  const started = performance.now()
  const response = await exchange(port, `GET /api/stream/${name}`)
  expect([response.status, response.body.toString()]).toEqual([404, NOT_FOUND])
  expect(performance.now() - started).toBeLessThan(1000)
}

describe('an entry that is not a regular file', () => {
  const socket = createServer()
  const folder = sharedFolder(async ({ at, put }) => {
    put('folder/film.mp4', 'film')
    put('film.mp4', 'film')
    execFileSync('mkfifo', [at('fifo.mp4')])
    await once(socket.listen(at('socket.mp4')), 'listening')
    mkdirSync(at('empty.mp4'))
    symlinkSync('folder', at('link.mp4'))
    symlinkSync('/dev/zero', at('device.mp4'))
  })
  const server = sharedServer(() => startServer(folder.path))
  afterAll(() => void socket.close())

  it.each(['fifo.mp4', 'socket.mp4', 'folder', 'empty.mp4', 'link.mp4', 'device.mp4', 'film.mp4/film.mp4'])(
    'is a 404 within a second and is not opened: %s',
    async (name) => {
      await expectNotFound(server, name)
      expect(openBelow(server.pid, folder.path)).toEqual([])
    },
  )

  it('survives 200 requests for such entries', async () => {
    const names = ['fifo.mp4', 'socket.mp4', 'folder', 'device.mp4']
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => expectNotFound(server, names[index % names.length] ?? '')),
    )
    expect((await exchange(server.port, 'GET /api/stream/film.mp4')).body.toString()).toBe('film')
    expect(server.stderr).toBe('')
  })

  it.each(['zero', 'full', 'random', 'tty'])('is a 404 in /dev: %s', async (name) => {
    await using devices = await startServer('/dev')
    await expectNotFound(devices, name)
    expect(openBelow(devices.pid, `/dev/${name}`)).toEqual([])
    expect(devices.stderr).toBe('')
  })
})

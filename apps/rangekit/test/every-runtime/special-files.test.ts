import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { openBelow } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

/** It is a 404, and soon. */
async function expectNotFound({ port }: TestServer, name: string): Promise<void> {
  const started = performance.now()
  const response = await exchange(port, `GET /api/stream/${name}`)
  expect([response.status, response.body.toString()]).toEqual([404, '{"detail":"Archivo no encontrado"}'])
  expect(performance.now() - started).toBeLessThan(1000)
}

describe('what is no file', () => {
  let folder: TestFolder
  let server: TestServer
  const socket = createServer()

  beforeAll(async () => {
    folder = makeFolder()
    folder.put('folder/film.mp4', 'film')
    folder.put('film.mp4', 'film')
    execFileSync('mkfifo', [folder.at('fifo.mp4')])
    await once(socket.listen(folder.at('socket.mp4')), 'listening')
    mkdirSync(folder.at('empty.mp4'))
    symlinkSync('folder', folder.at('link.mp4'))
    symlinkSync('/dev/zero', folder.at('device.mp4'))
    server = await startServer(folder.path)
  })
  afterAll(async () => {
    socket.close()
    await server.stop()
    folder.remove()
  })

  it.each(['fifo.mp4', 'socket.mp4', 'folder', 'empty.mp4', 'link.mp4', 'device.mp4', 'film.mp4/film.mp4'])(
    '%s is not found, and nobody waits for it',
    async (name) => {
      await expectNotFound(server, name)
      expect(openBelow(server.pid, folder.path)).toEqual([])
    },
  )

  it('does no harm in great number', async () => {
    const names = ['fifo.mp4', 'socket.mp4', 'folder', 'device.mp4']
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => expectNotFound(server, names[index % names.length] ?? '')),
    )
    expect((await exchange(server.port, 'GET /api/stream/film.mp4')).body.toString()).toBe('film')
    expect(server.stderr).toBe('')
  })

  it.each(['zero', 'full', 'random', 'tty'])('/dev/%s is not found in /dev', async (name) => {
    await using devices = await startServer('/dev')
    await expectNotFound(devices, name)
    expect(openBelow(devices.pid, `/dev/${name}`)).toEqual([])
    expect(devices.stderr).toBe('')
  })
})

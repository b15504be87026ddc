import { connect } from 'node:net'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { hold } from '@rangekit/test-kit/download'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { memoryOf, openBelow } from '@rangekit/test-kit/processes'
import { exchange, requestText } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const GIB = 1024 ** 3

const folder = sharedFolder(({ putSparse }) => putSparse('huge.bin', GIB))

/** In MiB. Each piece of a stream is new memory, and the garbage collector runs late on a busy machine. */
const LIMITS = { 'from pooled buffers': 150, 'as streams': 400 }

describe.each(runtime.ways)('bodies sent $way', ({ way, args }) => {
  const limit = LIMITS[way]
  const server = sharedServer(() => startServer(folder.path, { args }))

  it(`take less than ${limit} MiB for 1 GiB at any time`, async () => {
    const received = await countAll(
      server.port,
      requestText('GET /api/stream/huge.bin', ['Connection: close']),
    )
    expect(received).toBeGreaterThan(GIB)
    expect(received).toBeLessThan(GIB + 2000)
    expect(memoryOf(server.pid, 'VmHWM')).toBeLessThan(limit * 1024 ** 2)
  }, 60_000)

  it('leave no file open and nothing on stderr when 200 clients leave in the middle', async () => {
    for (let round = 0; round < 4; round++) {
      const held = await Promise.all(
        Array.from({ length: 50 }, () => hold(server.port, '/api/stream/huge.bin')),
      )
      expect(openBelow(server.pid, folder.path).length).toBeGreaterThan(0)
      for (const download of held) download.leave()
    }
    await expectNothingOpen(server.pid, folder.path)
    expect(server.stderr).toBe('')
    expect((await exchange(server.port, 'GET /api/stream/huge.bin', ['Range: bytes=0-3'])).status).toBe(206)
  })
})

/** Sends a request, and counts the bytes that come back. Reads them into one buffer, to be little load itself. */
function countAll(port: number, request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = 0
    const onread = {
      buffer: new Uint8Array(1024 * 1024),
      callback(length: number) {
        received += length
        return true
      },
    }
    const socket = connect({ port, host: '127.0.0.1', onread })
    socket.on('error', reject).on('close', () => resolve(received))
    socket.write(request)
  })
}

import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { openBelow } from '@rangekit/test-kit/processes'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const MIB = 1024 ** 2
/** More than the kernel buffers for a client that does not read. */
const LARGE = 12 * MIB
const FILES = 40

/** The value of every byte of a file. */
const letter = (index: number) => index + 1
const lengthOf = (index: number) => 10_000 + 700 * index

const folder = sharedFolder(({ put, putSparse }) => {
  putSparse('large.bin', LARGE)
  for (let index = 0; index < FILES; index++) {
    put(`${index}.bin`, new Uint8Array(lengthOf(index)).fill(letter(index)))
  }
})

/** Opens a connection that requests a large file and then small ones, and reads nothing. */
async function pipeline(port: number, small: readonly string[]): Promise<Socket> {
  const socket = await openSocket(port)
  socket.pause()
  socket.write(['large.bin', ...small].map((name) => requestText(`GET /api/stream/${name}`)).join(''))
  return socket
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `${index % FILES}.bin`)

/** Reads responses in order, and returns what is wrong with their lengths and bodies. */
async function readAnswers(
  socket: Socket,
  lengths: readonly number[],
  values: readonly number[],
): Promise<string[]> {
  const wrong: string[] = []
  let bytes: Buffer = Buffer.alloc(0)
  let index = 0
  let missing = 0
  for await (const piece of socket.resume() as AsyncIterable<Buffer>) {
    bytes = bytes.byteLength === 0 ? piece : Buffer.concat([bytes, piece])
    for (;;) {
      if (missing === 0) {
        if (index === lengths.length) return wrong
        const end = bytes.indexOf('\r\n\r\n')
        if (end === -1) break
        const head = bytes.toString('latin1', 0, end)
        missing = Number(/^content-length: (\d+)$/im.exec(head)?.[1])
        if (missing !== lengths[index]) return [...wrong, `${index}: ${head}`]
        bytes = bytes.subarray(end + 4)
      }
      const part = bytes.subarray(0, missing)
      const expected = values[index] ?? 0
      if (part.some((byte) => byte !== expected))
        wrong.push(`${index}: ${part.find((byte) => byte !== expected)}`)
      missing -= part.byteLength
      bytes = bytes.subarray(part.byteLength)
      if (missing > 0) break
      index++
    }
  }
  return [...wrong, `ended at ${index}`]
}

describe.each(runtime.ways)('pipelined requests, with bodies sent $way', ({ args }) => {
  const server = sharedServer(() => startServer(folder.path, { args }))

  it('get their own bytes each after they waited for a client that did not read', async () => {
    const small = names(300)
    const sockets = await Promise.all(Array.from({ length: 8 }, () => pipeline(server.port, small)))
    await sleep(300)
    const lengths = [LARGE, ...small.map((_, index) => lengthOf(index % FILES))]
    const values = [0, ...small.map((_, index) => letter(index % FILES))]
    const wrong = await Promise.all(sockets.map((socket) => readAnswers(socket, lengths, values)))
    for (const socket of sockets) socket.destroy()
    expect(wrong.flat()).toEqual([])
  }, 60_000)

  it('are all answered when a client sends 5,000 at once', async () => {
    const socket = await openSocket(server.port)
    socket.write(requestText('GET /api/stream/0.bin', ['Range: bytes=0-9']).repeat(5000))
    const wrong = await readAnswers(socket, new Array(5000).fill(10), new Array(5000).fill(letter(0)))
    socket.destroy()
    expect(wrong).toEqual([])
  }, 60_000)

  it('open no file before their turn', async () => {
    const socket = await pipeline(server.port, names(200))
    await expect.poll(() => openBelow(server.pid, folder.path)).toEqual([folder.at('large.bin')])
    await sleep(200)
    expect(openBelow(server.pid, folder.path)).toEqual([folder.at('large.bin')])
    socket.destroy()
    await expectNothingOpen(server.pid, folder.path)
    expect(server.stderr).toBe('')
  })
})

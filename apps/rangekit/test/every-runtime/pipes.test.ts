import { once } from 'node:events'
import { truncateSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { freePort } from '@rangekit/test-kit/ports'
import { endGroup, start } from '@rangekit/test-kit/processes'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { environment } from '@rangekit/test-kit/start-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commandLine, isServed } from '../support/server.ts'

const MIB = 1024 * 1024

let folder: TestFolder
beforeEach(() => {
  folder = makeFolder()
  folder.put('a.txt', 'hello')
})
afterEach(() => folder.remove())

/** Starts the command with pipes that the test can close. */
async function startPiped() {
  const port = await freePort()
  const [file, ...args] = commandLine(folder.path, '--port', String(port))
  const child = start(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() })
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('No pipes')
  return {
    port,
    child,
    pipes: { stdout, stderr },
    [Symbol.dispose]: () => endGroup(child),
  }
}

/** Truncates files that are being sent: their connections break, and the server logs why. */
async function causeLogLines(port: number): Promise<void> {
  // It is not always the first failing write that ends a process.
  for (const name of ['1.bin', '2.bin', '3.bin']) await cutWhileSent(port, name)
}

async function cutWhileSent(port: number, name: string): Promise<void> {
  const path = folder.putSparse(name, 64 * MIB)
  const socket = await openSocket(port)
  socket.write(requestText(`GET /api/stream/${name}`))
  await once(socket, 'readable')
  truncateSync(path, MIB)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.resume()
  await closed
}

const closePipe = async (pipe: Readable) => {
  pipe.destroy()
  await once(pipe, 'close')
}

describe('a server whose output pipes are closed', () => {
  it.each([['stderr'], ['stdout', 'stderr']] as const)(
    'goes on when %s is closed while it runs',
    async (...names) => {
      using server = await startPiped()
      const { port, child, pipes } = server
      await once(createInterface(pipes.stdout), 'line')
      for (const name of names) await closePipe(pipes[name])
      await causeLogLines(port)
      expect(await isServed(port)).toBe(true)
      child.kill()
      expect(await once(child, 'exit')).toEqual([0, null])
    },
  )

  it('goes on when both are closed before it is ready', async () => {
    using server = await startPiped()
    const { port, child, pipes } = server
    await Promise.all([closePipe(pipes.stdout), closePipe(pipes.stderr)])
    await expect.poll(() => isServed(port)).toBe(true)
    await causeLogLines(port)
    expect(await isServed(port)).toBe(true)
    child.kill()
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { rawExchange } from '@rangekit/conformance'
import type { TestFolder } from '@rangekit/test-kit/folder'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { type Finding, type Ground, openFiles, targetOf } from './ground.ts'

const NAME = 'left-alone.bin'
const MIB = 1024 * 1024
/** Bytes; more than the buffers of sockets and frameworks hold. */
const LENGTH = 32 * MIB
const CLIENTS = 8
/** Milliseconds in which files must be closed. */
const DEADLINE = 8000
/** Milliseconds that a client waits for what it wants to leave after. */
const PATIENCE = 5000

/** When a client leaves. */
interface Departure {
  /** Requests that are sent together. */
  readonly requests: (path: string) => readonly string[]
  /** Leaves after so many bytes of responses. */
  readonly after: number
}

const whole = (path: string) => requestText(`GET ${path}`)
const DEPARTURES: readonly Departure[] = [
  { requests: (path) => [whole(path)], after: 0 },
  { requests: (path) => [whole(path)], after: 1 },
  { requests: (path) => [whole(path)], after: 8 * MIB },
  // In the second response of a kept connection.
  { requests: (path) => [requestText(`GET ${path}`, ['Range: bytes=0-99']), whole(path)], after: MIB },
]

/** Puts the file there that is asked for. */
export function putAbortsFile(media: TestFolder): string {
  return media.putSparse(NAME, LENGTH)
}

/** Whether downloads that the client leaves keep no file open after a time, and the server goes on. */
export async function judgeAborts(
  ground: Ground,
  { count = 200, deadline = DEADLINE } = {},
): Promise<readonly Finding[]> {
  putAbortsFile(ground.media)
  const { path, ...target } = targetOf(ground, NAME)
  await rounds(count, CLIENTS, async (index) => {
    const departure = DEPARTURES[index % DEPARTURES.length]
    if (departure !== undefined) await leave(target.port, path, departure)
  })
  const findings: Finding[] = []
  const end = Date.now() + deadline
  while (openFiles(ground).length > 0 && Date.now() < end) await sleep(100)
  const open = openFiles(ground)
  if (open.length > 0)
    findings.push({ what: 'files stay open', detail: `${open.length} after ${count} downloads` })
  const request = requestText(`GET ${path}`, ['Range: bytes=0-99', 'Connection: close'])
  const { status, head } = await rawExchange(target, request)
  if (status !== 206) findings.push({ what: 'no longer answers', detail: head })
  return findings
}

async function leave(port: number, path: string, { requests, after }: Departure): Promise<void> {
  const socket = await openSocket(port)
  await new Promise((resolve) => socket.write(requests(path).join(''), resolve))
  await received(socket, after)
  socket.destroy()
}

async function received(socket: Socket, wanted: number): Promise<void> {
  let left = wanted
  socket.setTimeout(PATIENCE, () => socket.destroy())
  const closed = once(socket, 'close')
  const enough = new Promise<void>((resolve) => {
    const take = () => {
      if (left <= 0) resolve()
    }
    take()
    socket.on('data', (piece) => {
      left -= piece.byteLength
      take()
    })
  })
  await Promise.race([enough, closed])
}

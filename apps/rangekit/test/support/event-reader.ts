import type { Socket } from 'node:net'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { expect } from 'vitest'
import type {
  FolderMessage,
  TransferBegun,
  TransferProgress,
  TransfersMessage,
} from '../../src/inspect/protocol.ts'

/** An open event stream, read from a raw connection. */
export interface EventReader {
  readonly socket: Socket
  /** Status line and fields. */
  readonly head: string
  /** What has come so far. */
  readonly messages: readonly TransfersMessage[]
  readonly folders: readonly FolderMessage[]
  /** What the messages say of each transfer so far, in the order of their beginning. */
  readonly transfers: readonly (TransferBegun & TransferProgress)[]
  /** Whether the stream has come to its end, as a body does. */
  readonly isComplete: boolean
  /** Whether the server has closed the connection. */
  readonly isClosed: boolean
  leave(): void
}

/** Opens `GET /api/events?{query}` and reads until `leave`. Resolves when the head has come. */
export async function readEvents(port: number, query: string): Promise<EventReader> {
  const socket = await openSocket(port)
  let text = ''
  let isClosed = false
  socket.on('data', (piece) => {
    text += piece.toString()
  })
  socket.on('close', () => {
    isClosed = true
  })
  socket.write(requestText(`GET /api/events?${query}`))
  const head = () => text.slice(0, text.indexOf('\r\n\r\n') + 4)
  await expect.poll(() => head().length).toBeGreaterThan(4)
  // Each event is written in one piece, so the lines of the chunked coding are between events.
  const dataOf = (event: string) =>
    [...text.matchAll(new RegExp(`^event: ${event}\ndata: (.+)\n\n`, 'gm'))].map(([, data = '']) =>
      JSON.parse(data),
    )
  return {
    socket,
    get head() {
      return head()
    },
    get messages(): TransfersMessage[] {
      return dataOf('transfers')
    },
    get folders(): FolderMessage[] {
      return dataOf('folder')
    },
    get transfers() {
      return transfersOf(dataOf('transfers'))
    },
    get isComplete() {
      return text.endsWith('\r\n0\r\n\r\n')
    },
    get isClosed() {
      return isClosed
    },
    leave: () => socket.destroy(),
  }
}

function transfersOf(messages: readonly TransfersMessage[]): (TransferBegun & TransferProgress)[] {
  const found = new Map<string, TransferBegun & TransferProgress>()
  for (const { begun, progress } of messages) {
    for (const each of begun) found.set(each.id, { duration: 0, ...found.get(each.id), ...each })
    for (const each of progress) {
      const known = found.get(each.id)
      if (known !== undefined) found.set(each.id, { ...known, ...each })
    }
  }
  return [...found.values()]
}

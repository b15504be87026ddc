import type { Socket } from 'node:net'
import { openSocket, requestText } from '@rangekit/test-kit/raw'

/** Opens connections that request the whole file and never read. */
export async function sleepers(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const some = await Promise.all(
      Array.from({ length: Math.min(50, count - sockets.length) }, () => openSocket(port)),
    )
    for (const socket of some) socket.pause().write(requestText('GET /api/stream/film.mp4'))
    sockets.push(...some)
  }
  return sockets
}

import type { Socket } from 'node:net'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { expect, it } from 'vitest'
import { startGrowingServer } from './support/growing-client.ts'

const COUNT = 1000
const FIRST = 200_000
/** The most that a body that waits may cost, in KiB. Mostly 39, as an idle connection; one whose client stalls, 74. */
const LIMIT = 60

it(`${COUNT} bodies that wait for their writer cost at most ${LIMIT} KiB each, with their connections`, async () => {
  await using server = await startGrowingServer('pooled')
  const { key, order, expectState } = await server.begin(2 * FIRST, false)
  await order(`reach=${FIRST}`)
  const follow = async (): Promise<Socket> => {
    const socket = await openSocket(server.port)
    socket.resume().write(requestText(`GET /${key}`))
    return socket
  }
  /** The memory of the server, once so many bodies wait. Seldom asked: each question takes some. */
  const whenWaiting = async (waiting: number): Promise<number> => {
    await expect.poll(() => order(), { interval: 500 }).toMatchObject({ waiting })
    return (await order()).rss
  }
  // What all of them need is there after the first ones.
  const first = await rounds(200, 50, follow)
  const before = await whenWaiting(200)
  const others = await rounds(COUNT, 50, follow)
  const after = await whenWaiting(200 + COUNT)
  expect((after - before) / COUNT / 1024).toBeLessThan(LIMIT)
  for (const socket of [...first, ...others]) socket.destroy()
  await expectState({ open: 0, waiting: 0 })
})

/** Connections of HTTP/2 without a request under way. */
import { once } from 'node:events'
import { constants } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { frame, HEADERS, opening, PREFACE } from '../../../test/support/frames.ts'
import { ask, openSession, startHttp2 } from '../../../test/support/http2.ts'

const app = () => new Response('text')

/** Returns a function that moves the monotonic clock on. */
function holdClock() {
  const now = performance.now.bind(performance)
  let ahead = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead)
  onTestFinished(() => clock.mockRestore())
  return (milliseconds: number) => {
    ahead += milliseconds
    // Connections are checked every 25 ms.
    return sleep(80)
  }
}

it.each([
  ['says nothing', ''],
  ['says half of what a connection begins with', PREFACE.slice(0, 9)],
  ['asks for nothing', opening()],
  ['sends half a head', Buffer.concat([opening(), frame(HEADERS, 0, 1, Buffer.from([0x82]))])],
])('a client that %s is disconnected', async (_, bytes) => {
  const { port, sockets } = await startHttp2(app, { headTimeout: 100 })
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  socket.resume().write(bytes)
  await once(socket, 'close')
  await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true])
})

it('a connection that was used stays open for a minute', async () => {
  const pass = holdClock()
  const { port } = await startHttp2(app, { headTimeout: 100 })
  const session = await openSession(port)
  const onGoaway = vi.fn()
  session.on('goaway', onGoaway)
  expect((await ask(session, { ':path': '/' })).status).toBe(200)
  await pass(58_000)
  expect(onGoaway).not.toHaveBeenCalled()
  await pass(2000)
  await expect.poll(() => onGoaway.mock.calls[0]?.[0]).toBe(constants.NGHTTP2_NO_ERROR)
  await expect.poll(() => session.destroyed).toBe(true)
})

it('a connection with a request under way stays open', async () => {
  const pass = holdClock()
  const answer = Promise.withResolvers<Response>()
  const { port } = await startHttp2(() => answer.promise, { headTimeout: 100 })
  const asked = ask(await openSession(port), { ':path': '/' })
  await sleep(50)
  await pass(120_000)
  answer.resolve(new Response('late'))
  expect(String((await asked).body)).toBe('late')
})

import { sharedServer } from '@rangekit/test-kit/fixtures'
import { describe, expect, it } from 'vitest'
import { openClient, startGrowingServer } from '../support/growing-client.ts'

const MIB = 1024 * 1024

// Such a body ends with its connection (9112 §6.3): only a reset can be told from its end.
describe('a body of HTTP/1.0 without a length is reset', () => {
  const server = sharedServer(() => startGrowingServer('pooled', 0.25))

  it('when its client reads nothing for longer than the write time-out', async () => {
    const { key, order, expectState } = await server.begin(24 * MIB, false)
    await order(`reach=${20 * MIB}`)
    const client = await openClient(server.port)
    client.pause()
    client.write(`GET /${key} HTTP/1.0\r\n\r\n`)
    await expectState({ open: 0, waiting: 0, ends: [expect.stringMatching('^aborted: ')] })
    client.resume()
    await expect.poll(() => client.end).toBe('reset')
  })

  it('when a stopping server cuts it', async () => {
    const { key, order, expectState } = await server.begin(MIB, false)
    await order('reach=1000')
    const client = await openClient(server.port)
    client.write(`GET /${key} HTTP/1.0\r\n\r\n`)
    await expectState({ waiting: 1 })
    expect(await server.stop()).toBe(0)
    await expect.poll(() => client.end).toBe('reset')
    expect(client.received.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /)
  })
})

import type { ByteRange } from '@rangekit/range-core'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { describe, expect, it, vi } from 'vitest'
import { get, quietHandler } from '../test/support/handlers.ts'
import { versionBytes } from './contract/fixture.ts'
import type { Transfer } from './transfer.ts'

const data = versionBytes(1000, 1)

/** A handler of something that grows, and the transfers that it reports. */
function serve(frontier: number, isLengthKnown = true) {
  const bytes = new GrowingBytes(data, isLengthKnown)
  bytes.reach(frontier)
  const transfers: Transfer[] = []
  const { handler, faults } = quietHandler(
    { open: () => bytes.open() },
    { onTransfer: (transfer) => void transfers.push(transfer) },
  )
  const progress = () =>
    transfers.map(({ length, completeLength, isComplete, frontier, bytesSent, outcome }) => ({
      length,
      completeLength,
      isComplete,
      frontier,
      bytesSent,
      outcome: outcome?.kind,
    }))
  const closedOnce = () =>
    vi.waitFor(() => expect([bytes.opens, bytes.closes, bytes.waiting]).toEqual([1, 1, 0]))
  return { bytes, handler, faults, progress, closedOnce }
}

describe('a response of what is still being written', () => {
  it.each(['bytes=0-9', 'bytes=995-', 'bytes=5-9,-1', undefined])(
    'does not wait for what is still to come: %s',
    async (range) => {
      const { bytes, handler, closedOnce } = serve(5)
      const response = await handler(get('/a', range === undefined ? {} : { Range: range }))
      expect(response.status).toBe(range === undefined ? 200 : 206)
      const reading = response.arrayBuffer()
      await vi.waitFor(() => expect(bytes.waiting).toBe(1))
      bytes.finish()
      expect((await reading).byteLength).toBe(Number(response.headers.get('content-length')))
      await closedOnce()
    },
  )

  it('is in one piece if all of a short range is there', async () => {
    const bytes = new GrowingBytes(data)
    bytes.reach(500)
    const read = ({ firstPos, lastPos }: ByteRange) => data.slice(firstPos, lastPos + 1)
    const { handler } = quietHandler({ open: () => Object.assign(bytes.open(), { read }) })
    const response = await handler(get('/a', { Range: 'bytes=490-499' }))
    expect(bytes.closes).toBe(1)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(data.slice(490, 500))
  })

  it('is closed when its client leaves before its body is read', async () => {
    const { handler, closedOnce } = serve(0)
    const leaving = new AbortController()
    await handler(new Request('http://localhost/a', { signal: leaving.signal }))
    leaving.abort()
    await closedOnce()
  })
})

describe('a transfer of what is still being written', () => {
  const LIVE = { length: 1000, completeLength: 1000, isComplete: false, outcome: undefined }

  it('tells how much is there, and what of it was sent', async () => {
    const { bytes, handler, progress } = serve(300)
    const response = await handler(get('/a'))
    expect(progress()).toEqual([{ ...LIVE, frontier: 300, bytesSent: 0 }])
    const reading = response.arrayBuffer()
    bytes.reach(700)
    expect(progress()).toMatchObject([{ ...LIVE, frontier: 700 }])
    await vi.waitFor(() => expect(progress()).toEqual([{ ...LIVE, frontier: 700, bytesSent: 700 }]))
    bytes.finish()
    await reading
    const ended = { ...LIVE, isComplete: true, frontier: undefined, bytesSent: 1000, outcome: 'complete' }
    expect(progress()).toEqual([ended])
  })

  it('has no length if nobody knows it, and counts what was sent', async () => {
    const { bytes, handler, progress } = serve(300, false)
    const open = { ...LIVE, length: undefined, completeLength: undefined }
    const response = await handler(get('/a', { Range: 'bytes=100-' }))
    expect(progress()).toEqual([{ ...open, frontier: 300, bytesSent: 0 }])
    const reading = response.arrayBuffer()
    bytes.finish()
    expect((await reading).byteLength).toBe(900)
    const ended = { ...open, isComplete: true, frontier: undefined, bytesSent: 900, outcome: 'complete' }
    expect(progress()).toEqual([ended])
  })

  it('keeps the state of its end', async () => {
    const { bytes, handler, progress, closedOnce } = serve(300)
    const { body } = await handler(get('/a'))
    await body?.cancel()
    await closedOnce()
    bytes.finish()
    expect(progress()).toEqual([{ ...LIVE, frontier: 300, bytesSent: 0, outcome: 'aborted' }])
  })

  it.each([
    ['known', true],
    ['not known', false],
  ])('fails with its writer if its length is %s', async (_, isLengthKnown) => {
    const { bytes, handler, progress, faults, closedOnce } = serve(300, isLengthKnown)
    const reading = (await handler(get('/a'))).arrayBuffer()
    await vi.waitFor(() => expect(bytes.waiting).toBe(1))
    const cause = new Error('The writer failed')
    bytes.fail(cause)
    await expect(reading).rejects.toThrow(cause)
    await closedOnce()
    expect(progress()).toMatchObject([{ frontier: 300, bytesSent: 300, outcome: 'failed' }])
    expect(faults).toEqual([])
  })
})

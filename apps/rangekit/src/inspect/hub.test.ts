import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeTransfer } from '../../test/support/fake-transfer.ts'
import { TransferHub } from './hub.ts'
import type { TransfersMessage } from './protocol.ts'
import { LINGER, MAX_KEYS, MAX_RECORDS } from './watches.ts'

/** Hears of keys, and notes the messages. */
function listen(hub: TransferHub, ...keys: string[]) {
  const messages: TransfersMessage[] = []
  const { end, renew } = hub.listen({
    keys: new Set(keys),
    transfers: (message) => messages.push(message),
  })
  return { messages, end, renew }
}

const kept = (hub: TransferHub, key: string) =>
  [...hub.snapshot(new Set([key]))].flatMap(({ begun, progress }) =>
    begun.map((each, index) => ({ ...each, ...progress[index] })),
  )

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('what is kept', () => {
  it('is nothing of a key that is not watched: its listener has no interest in the end', () => {
    const hub = new TransferHub()
    listen(hub, 'b')
    expect(hub.onTransfer(fakeTransfer('a'))).toBeUndefined()
    expect(kept(hub, 'a')).toEqual([])
  })

  it('are the transfers of an expected key, for half a minute', () => {
    const hub = new TransferHub()
    hub.expect('a')
    hub.onTransfer(fakeTransfer('a', { Range: 'bytes=0-9', Cookie: 'secret', Authorization: 'secret' }))
    expect(kept(hub, 'a')).toMatchObject([
      { key: 'a', fields: { Range: 'bytes=0-9' }, answer: { ETag: '"1"' }, ranges: [[0, 9]], bytesSent: 0 },
    ])
    expect(JSON.stringify(kept(hub, 'a'))).not.toMatch(/secret|X-Other/)
    vi.advanceTimersByTime(LINGER + 1)
    expect(kept(hub, 'a')).toEqual([])
    expect(hub.onTransfer(fakeTransfer('a'))).toBeUndefined()
  })

  it('lasts while someone listens, and half a minute longer', () => {
    const hub = new TransferHub()
    const { end } = listen(hub, 'a')
    hub.onTransfer(fakeTransfer('a'))
    vi.advanceTimersByTime(10 * LINGER)
    expect(kept(hub, 'a')).toHaveLength(1)
    end()
    end()
    vi.advanceTimersByTime(LINGER - 1)
    expect(kept(hub, 'a')).toHaveLength(1)
    vi.advanceTimersByTime(2)
    expect(kept(hub, 'a')).toEqual([])
  })

  it('is true of now, also where nobody listened', () => {
    const hub = new TransferHub()
    hub.expect('a')
    const transfer = fakeTransfer('a')
    const onEnd = hub.onTransfer(transfer)
    transfer.bytesSent = 7
    expect(kept(hub, 'a')).toMatchObject([{ bytesSent: 7 }])
    Object.assign(transfer, { bytesSent: 8, status: 500, outcome: { kind: 'failed', cause: 'x' } })
    onEnd?.(transfer)
    expect(kept(hub, 'a')).toMatchObject([{ bytesSent: 8, status: 500, outcome: 'failed' }])
  })

  it('is bounded: the oldest transfers give way, and their end is not reported', () => {
    const hub = new TransferHub()
    const { messages } = listen(hub, 'a')
    const first = fakeTransfer('a')
    const onEnd = hub.onTransfer(first)
    for (let count = 0; count < MAX_RECORDS; count++) hub.onTransfer(fakeTransfer('a'))
    expect(kept(hub, 'a')).toHaveLength(MAX_RECORDS)
    vi.advanceTimersByTime(200)
    const before = messages.length
    first.outcome = { kind: 'complete' }
    onEnd?.(first)
    vi.advanceTimersByTime(200)
    expect(messages).toHaveLength(before)
  })

  it('is bounded: long fields are cut, and many ranges', () => {
    const hub = new TransferHub()
    hub.expect('a')
    const range = { kind: 'range', range: { firstPos: 0, lastPos: 0 } } as const
    hub.onTransfer({ ...fakeTransfer('a', { Range: 'x'.repeat(10_000) }), segments: Array(100).fill(range) })
    expect(JSON.stringify(kept(hub, 'a')).length).toBeLessThan(1000)
  })

  it('is bounded: the key that was expected first gives way, one that is listened to does not', () => {
    const hub = new TransferHub()
    listen(hub, 'heard')
    hub.expect('first')
    for (let count = 0; count < MAX_KEYS - 1; count++) {
      vi.advanceTimersByTime(1)
      hub.expect(`key ${count}`)
    }
    expect(hub.onTransfer(fakeTransfer('first'))).toBeUndefined()
    expect(hub.onTransfer(fakeTransfer('heard'))).toBeDefined()
    expect(hub.onTransfer(fakeTransfer('key 0'))).toBeDefined()
  })

  it('is bounded: past as many listened keys a listener hears nothing of its own', () => {
    const hub = new TransferHub()
    for (let count = 0; count < MAX_KEYS; count++) listen(hub, `key ${count}`)
    const { end } = listen(hub, 'too many')
    expect(hub.onTransfer(fakeTransfer('too many'))).toBeUndefined()
    end()
    expect(hub.onTransfer(fakeTransfer('key 0'))).toBeDefined()
  })
})

describe('what a listener hears', () => {
  it('comes at once, then ten times a second at most, and only if something changed', () => {
    const hub = new TransferHub()
    const { messages } = listen(hub, 'a')
    const transfer = fakeTransfer('a')
    const onEnd = hub.onTransfer(transfer)
    vi.advanceTimersByTime(1)
    expect(messages).toMatchObject([{ begun: [{ key: 'a' }], progress: [{ bytesSent: 0 }] }])
    for (let step = 1; step <= 100; step++) {
      transfer.bytesSent = step
      vi.advanceTimersByTime(10)
    }
    expect(messages.length).toBeLessThanOrEqual(11)
    expect(messages.at(-1)).toMatchObject({ begun: [], progress: [{ bytesSent: expect.any(Number) }] })
    const before = messages.length
    vi.advanceTimersByTime(10_000)
    expect(messages.length).toBeLessThanOrEqual(before + 1)
    transfer.outcome = { kind: 'complete' }
    onEnd?.(transfer)
    vi.advanceTimersByTime(100)
    expect(messages.at(-1)).toMatchObject({ progress: [{ outcome: 'complete' }] })
  })

  it('are the keys that it asked for', () => {
    const hub = new TransferHub()
    const one = listen(hub, 'a')
    const other = listen(hub, 'b', 'c')
    hub.onTransfer(fakeTransfer('a'))
    vi.advanceTimersByTime(100)
    expect(one.messages).toHaveLength(1)
    expect(other.messages).toEqual([])
  })

  it('needs no timer while nothing is sent', () => {
    const hub = new TransferHub()
    listen(hub, 'a')
    const transfer = fakeTransfer('a')
    const onEnd = hub.onTransfer(transfer)
    vi.advanceTimersByTime(1000)
    transfer.outcome = { kind: 'complete' }
    onEnd?.(transfer)
    vi.advanceTimersByTime(1000)
    // What is left gives memory back when the key is not watched any more.
    expect(vi.getTimerCount()).toBe(1)
  })
})

describe('hubs of several processes', () => {
  /** Connects hubs as the primary process does. */
  function connect(...hubs: TransferHub[]) {
    const ends = hubs.map((hub) => {
      const others = () => ends.filter((_, index) => hubs[index] !== hub)
      return hub.join({
        watch(keys) {
          for (const end of others()) end.watch(keys)
        },
        transfers(message) {
          for (const end of others()) end.transfers(structuredClone(message))
        },
      })
    })
    return ends
  }

  it('keep what one of them expects, and tell all of them', () => {
    const hubs = [new TransferHub('p1-'), new TransferHub('p2-'), new TransferHub('p3-')] as const
    const [rendering, sending, streaming] = hubs
    connect(...hubs)
    rendering.expect('a')
    const transfer = fakeTransfer('a')
    const onEnd = sending.onTransfer(transfer)
    vi.advanceTimersByTime(100)
    const { messages } = listen(streaming, 'a')
    expect(kept(streaming, 'a')).toMatchObject([{ id: expect.stringMatching(/^p2-/), bytesSent: 0 }])
    Object.assign(transfer, { bytesSent: 10, outcome: { kind: 'complete' } })
    onEnd?.(transfer)
    vi.advanceTimersByTime(200)
    expect(messages).toMatchObject([{ progress: [{ bytesSent: 10, outcome: 'complete' }] }])
    expect(kept(rendering, 'a')).toMatchObject([{ outcome: 'complete' }])
  })

  it('forget what is not renewed, and go on with what is', () => {
    const [one, other] = [new TransferHub(), new TransferHub()]
    connect(one, other)
    const { renew } = listen(one, 'a')
    vi.advanceTimersByTime(LINGER - 1)
    renew()
    vi.advanceTimersByTime(LINGER - 1)
    expect(other.onTransfer(fakeTransfer('a'))).toBeDefined()
    vi.advanceTimersByTime(2)
    expect(other.onTransfer(fakeTransfer('a'))).toBeUndefined()
  })

  it('count what a lost process was sending as failed', () => {
    const [one, other] = [new TransferHub('p1-'), new TransferHub('p2-')]
    const [end] = connect(one, other)
    const { messages } = listen(one, 'a')
    other.onTransfer(fakeTransfer('a'))
    vi.advanceTimersByTime(200)
    end?.gone('p2-')
    vi.advanceTimersByTime(200)
    expect(messages.at(-1)).toMatchObject({ progress: [{ outcome: 'failed' }] })
  })
})

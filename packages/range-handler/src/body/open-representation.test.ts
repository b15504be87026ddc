import { describe, expect, it, vi } from 'vitest'
import { type Behaviour, countedRepresentation, streamOf } from '../../test/support/sources.ts'
import { versionBytes } from '../contract/fixture.ts'
import { OpenRepresentation } from './open-representation.ts'
import { aborted, COMPLETE, failed } from './outcome.ts'

const data = versionBytes(100, 1)
const range = { firstPos: 0, lastPos: 9 }
const CLOSED = new Error('The representation is closed')

function opened(behaviour: Behaviour = {}) {
  const counted = countedRepresentation(data, behaviour)
  return { open: new OpenRepresentation(counted), log: counted.log }
}

const fail = () => {
  throw new Error('read failed')
}
const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

describe('OpenRepresentation', () => {
  it('has readInto if the source has it', () => {
    expect(opened().open.readInto).toBeUndefined()
    expect(opened({ readInto: () => 3 }).open.readInto?.(new Uint8Array(3), 0)).toBe(3)
  })

  it('reads without a promise if the source does', async () => {
    const { open } = opened()
    expect(open.read(range)).toEqual(data.slice(0, 10))
    open.end(COMPLETE)
  })

  it('passes its signal to a read, or the given one', () => {
    const signals: Array<AbortSignal | undefined> = []
    const { open } = opened({
      read: (_, options) => {
        signals.push(options?.signal)
        return new Uint8Array(10)
      },
    })
    const { signal } = new AbortController()
    open.read(range)
    open.read(range, { signal })
    expect(signals).toEqual([open.signal, signal])
  })

  it('closes once, without a promise if the source needs none', () => {
    const { open, log } = opened()
    expect(open.outcome).toBeUndefined()
    expect(open.end(COMPLETE)).toBeUndefined()
    expect(open.end(COMPLETE)).toBeUndefined()
    expect(open.endNow(aborted())).toBeUndefined()
    expect(open.outcome).toBe(COMPLETE)
    expect(log).toEqual(['close'])
  })

  it('makes every caller wait for the same closing', async () => {
    const closing = Promise.withResolvers<void>()
    const { open } = opened({ close: () => closing.promise })
    expect(open.end(COMPLETE)).toBe(open.end(COMPLETE))
  })

  it.each<[string, Behaviour['close']]>([
    [
      'throws',
      () => {
        throw new Error('cannot close')
      },
    ],
    ['rejects', () => Promise.reject(new Error('cannot close'))],
  ])('closes once if closing %s', async (_, close) => {
    const { open, log } = opened({ ...(close && { close }) })
    const attempt = async () => open.end(COMPLETE)
    await expect(attempt()).rejects.toThrow('cannot close')
    await attempt().catch(() => undefined)
    expect(log).toEqual(['close'])
  })

  it('reads nothing after close', () => {
    const { open, log } = opened({ readInto: vi.fn(() => 1) })
    open.end(COMPLETE)
    expect(() => open.read(range)).toThrow(CLOSED)
    expect(() => open.readInto?.(new Uint8Array(1), 0)).toThrow(CLOSED)
    expect(log).toEqual(['close'])
  })

  it('closes when the last of several reads has settled, however they settle', async () => {
    const reads = [Promise.withResolvers<number>(), Promise.withResolvers<number>()] as const
    const { open, log } = opened({ readInto: (_, position) => reads[position === 0 ? 0 : 1].promise })
    const results = [0, 1].map((position) => open.readInto?.(new Uint8Array(1), position))
    const closing = open.end(COMPLETE)
    reads[1].reject(new Error('read failed'))
    await expect(results[1]).rejects.toThrow('read failed')
    await nextTurn()
    expect(log).toEqual([])
    reads[0].resolve(1)
    expect(await results[0]).toBe(1)
    await closing
    expect(log).toEqual(['close'])
  })

  it('aborts a read that is under way with the reason for closing', async () => {
    const { open, log } = opened({
      read: (_, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
        }),
    })
    const reading = open.read(range)
    const closing = open.end(failed(new Error('gone')))
    await expect(reading).rejects.toThrow('gone')
    await closing
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it('returns nothing from a read during which it ended, and cancels a stream before it closes', async () => {
    const order: string[] = []
    const arriving = Promise.withResolvers<void>()
    const { open } = opened({
      read: async () => {
        await arriving.promise
        return streamOf([new Uint8Array(10)], () => void order.push('cancelled'))
      },
      close: () => void order.push('closed'),
    })
    const reading = open.read(range)
    const closing = open.end(COMPLETE)
    arriving.resolve()
    await expect(reading).rejects.toThrow(CLOSED)
    await closing
    expect(order).toEqual(['cancelled', 'closed'])
  })

  it('stops the reader of the body before it closes, unless that is at its end', async () => {
    const order: string[] = []
    const { open } = opened({ close: () => void order.push('closed') })
    expect(open.begun).toBe(false)
    open.begin({}, async () => order.push('ended'))
    expect(open.begun).toBe(true)
    await open.end(COMPLETE)
    expect(order).toEqual(['ended', 'closed'])

    const other = opened({ close: () => void order.push('closed') })
    other.open.begin({}, async () => order.push('ended'))
    other.open.finish()
    expect(other.open.end(COMPLETE)).toBeUndefined()
    expect(order).toEqual(['ended', 'closed', 'closed'])
  })

  it('aborts the signal of a read with the reason even if the read looks at it after the end', async () => {
    const { open, log } = opened({
      async read(_, options) {
        await nextTurn()
        options?.signal?.throwIfAborted()
        return new Uint8Array(10)
      },
    })
    const reading = open.read(range)
    const closing = open.end(aborted(new Error('gone')))
    await expect(reading).rejects.toThrow('gone')
    await closing
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it.each([
    ['throws', () => fail()],
    ['gives bytes', () => new Uint8Array(10)],
    ['gives a promise', async () => new Uint8Array(10)],
  ])('closes after a read that causes the end by looking at its signal, and that %s', async (_, settle) => {
    const order: string[] = []
    const { open } = opened({
      read(_, options) {
        void options?.signal
        order.push('reading')
        return settle()
      },
      close: () => void order.push('closed'),
    })
    const endsWhenSeen = {
      get signal() {
        void open.end(aborted())
        return open.signal
      },
    }
    await expect((async () => open.read(range, endsWhenSeen))()).rejects.toThrow()
    await open.end(aborted())
    expect(order).toEqual(['reading', 'closed'])
  })

  it.each(['at once', 'later'])(
    'cancels a stream that was read %s, and that nothing reads from, before it closes',
    async (when) => {
      const order: string[] = []
      const stream = streamOf([], async () => {
        await nextTurn()
        order.push('cancelled')
      })
      const { open } = opened({
        read: () => (when === 'later' ? Promise.resolve(stream) : stream),
        close: () => void order.push('closed'),
      })
      await open.read(range)
      await open.end(aborted())
      expect(order).toEqual(['cancelled', 'closed'])
    },
  )

  it('closes even if the stream that it cancels has failed', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('read failed')) })
    const { open, log } = opened({ read: () => broken })
    open.read(range)
    await open.end(aborted())
    expect(log).toEqual(['read 0-9', 'close'])
  })

  it('does not cancel a stream whose reader stops by itself', () => {
    const order: string[] = []
    const { open, log } = opened({ read: () => streamOf([], () => void order.push('cancelled')) })
    open.read(range)
    open.finish()
    open.end(COMPLETE)
    expect([order, log]).toEqual([[], ['read 0-9', 'close']])
  })

  it('cancels a stream that nothing reads from when it ends without waiting', () => {
    const order: string[] = []
    const { open } = opened({
      read: () => streamOf([], () => void order.push('cancelled')),
      close: () => void order.push('closed'),
    })
    open.read(range)
    open.endNow(aborted())
    expect(order).toEqual(['cancelled', 'closed'])
  })

  it('closes at once when it ends without waiting, and aborts the signal of reads', () => {
    const { open, log } = opened({ read: () => new Promise(() => {}) })
    void open.read(range)
    const { signal } = open
    open.endNow(aborted('gone'))
    expect(signal.reason).toBe('gone')
    open.endNow(aborted('again'))
    expect(log).toEqual(['read 0-9', 'close'])
  })
})

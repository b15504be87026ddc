import { OPEN_END, type Representation, type Segment } from '@rangekit/range-core'
import { createHandler, openExchange } from '@rangekit/range-handler'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { describe, expect, it } from 'vitest'
import { SegmentReader } from './segment-reader.ts'

const whole = positionBytes(100)
const literal = (text: string): Segment => ({ kind: 'bytes', bytes: new TextEncoder().encode(text) })
const range = (firstPos: number, lastPos: number): Segment => ({
  kind: 'range',
  range: { firstPos, lastPos },
})

type ReadInto = NonNullable<Representation['readInto']>

/** A reader of these segments of something of which so many bytes are there. */
async function readerOf(segments: readonly Segment[], frontier: number, isLater = false) {
  const bytes = new GrowingBytes(whole)
  bytes.reach(frontier)
  const opened = bytes.open()
  const { readInto } = opened
  const later: ReadInto = async (...asked) => {
    await new Promise((resolve) => setImmediate(resolve))
    return readInto(...asked)
  }
  const request = new Request('http://localhost/a')
  const exchange = openExchange(request)
  await createHandler({ open: () => Object.assign(opened, isLater && { readInto: later }) })(request)
  const body = exchange.last?.body
  if (body === undefined) throw new Error('Nothing was deferred')
  const reader = new SegmentReader({ ...body, plan: { ...body.plan, segments } })
  const buffer = new Uint8Array(80)
  return { bytes, reader, fill: async () => [...buffer.subarray(0, await reader.fill(buffer))] }
}

const from = (firstPos: number, end: number) => [...whole.slice(firstPos, end)]

describe.each([
  ['at once', false],
  ['later', true],
])('a body whose source reads %s', (_, isLater) => {
  it('is filled as far as it is there, and then waits', async () => {
    const { bytes, reader, fill } = await readerOf([literal('<'), range(10, 49)], 30, isLater)
    expect(reader.awaits).toBe(false)
    expect(await fill()).toEqual([60, ...from(10, 30)])
    expect([reader.awaits, reader.done]).toEqual([true, false])
    const waiting = reader.whenThere()
    bytes.reach(40)
    await waiting
    expect([reader.awaits, reader.whenThere()]).toEqual([false, undefined])
    expect(await fill()).toEqual(from(30, 40))
    bytes.finish()
    expect(await fill()).toEqual(from(40, 50))
    expect([reader.awaits, reader.done]).toEqual([false, true])
  })

  it('sends the header of a part before it waits for the part', async () => {
    const { reader, fill } = await readerOf([literal('<'), range(50, 59), literal('>')], 50, isLater)
    expect([reader.awaits, reader.whenThere()]).toEqual([false, undefined])
    expect(await fill()).toEqual([60])
    expect(reader.awaits).toBe(true)
  })

  it('ends with what is there if it is open-ended and its representation is complete', async () => {
    const { reader, fill } = await readerOf([range(60, OPEN_END)], 100, isLater)
    expect(reader.length).toBe(Number.POSITIVE_INFINITY)
    expect(await fill()).toEqual(from(60, 100))
    expect(reader.done).toBe(true)
  })

  it('ends with nothing if that is known only afterwards', async () => {
    const { bytes, reader, fill } = await readerOf([range(60, OPEN_END)], 99, isLater)
    expect(await fill()).toEqual(from(60, 99))
    bytes.finish()
    expect(await fill()).toEqual(from(99, 100))
    const { reader: late, fill: fillLate } = await readerOf([range(100, OPEN_END)], 100, isLater)
    expect([await fillLate(), late.done, reader.done]).toEqual([[], true, true])
  })
})

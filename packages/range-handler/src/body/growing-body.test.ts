import { OPEN_END, type RangeBytes, type Segment } from '@rangekit/range-core'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { describe, expect, it, vi } from 'vitest'
import { FixedLengthPipe as Pipe } from '../../test/support/fixed-length-pipe.ts'
import { countedRepresentation, deferredBody, literal, range, streamOf } from '../../test/support/sources.ts'
import { collect, versionBytes } from '../contract/fixture.ts'
import type { DeferredBody } from './deferred-body.ts'
import { lengthOf } from './length-of.ts'
import { OpenRepresentation } from './open-representation.ts'
import { pipeBody } from './pipe-body.ts'
import { streamBody } from './stream-body.ts'

const data = versionBytes(100, 1)
const rest = data.slice(10)
const OPEN = range(10, OPEN_END)

/** A body of a representation that grows, of which so many bytes are there. */
function growing(segments: readonly Segment[], frontier: number, isLengthKnown = false) {
  const bytes = new GrowingBytes(data, isLengthKnown)
  bytes.reach(frontier)
  return { bytes, ...deferredBody(segments, bytes.open()) }
}

/** Waits until a body is open no longer, and tells how it ended. */
async function outcomeOf({ bytes, body }: ReturnType<typeof growing>) {
  await vi.waitFor(() => expect([bytes.opens, bytes.closes, bytes.waiting]).toEqual([1, 1, 0]))
  return body.representation.outcome
}

it.each<[string, readonly Segment[], number | undefined]>([
  ['that of a range', [range(3, 7)], 5],
  ['the sum of several and of what is between them', [literal('--'), range(0, 9), literal('-')], 13],
  ['0 if there are none', [], 0],
  ['unknown if one is open-ended', [OPEN], undefined],
  ['unknown if another one is open-ended', [literal('--'), OPEN], undefined],
])('the length of segments is %s', (_, segments, length) => {
  expect(lengthOf(segments)).toBe(length)
})

describe.each<[string, (body: DeferredBody) => ReadableStream<Uint8Array<ArrayBuffer>>]>([
  ['a stream', (body) => streamBody(body)],
  ['a pipe', (body) => pipeBody(body, Pipe, undefined)],
])('an open-ended body that is sent as %s', (_, bodyOf) => {
  it.each<[string, () => RangeBytes]>([
    ['bytes', () => rest],
    ['a Blob', () => new Blob([rest])],
    ['a stream', () => streamOf([rest.slice(0, 5), rest.slice(5)])],
    ['an empty stream', () => streamOf([])],
  ])('is as long as %s of its source', async (_, read) => {
    const counted = countedRepresentation(data, { read })
    const { body, faults } = deferredBody([OPEN], counted)
    expect([...(await collect(bodyOf(body)))]).toEqual([...(await collect(read()))])
    await vi.waitFor(() => expect(counted.log).toEqual([`read 10-${OPEN_END}`, 'close']))
    expect([body.representation.outcome?.kind, faults]).toEqual(['complete', []])
  })

  it('follows its writer to the end', async () => {
    const sent = growing([OPEN], 10)
    const collecting = collect(bodyOf(sent.body))
    await vi.waitFor(() => expect(sent.bytes.waiting).toBe(1))
    sent.bytes.reach(50)
    await vi.waitFor(() => expect(sent.bytes.waiting).toBe(1))
    sent.bytes.finish()
    expect([...(await collecting)]).toEqual([...rest])
    expect(await outcomeOf(sent)).toEqual({ kind: 'complete' })
  })

  it('breaks, and is closed once, when its writer fails', async () => {
    const sent = growing([OPEN], 50)
    const cause = new Error('The writer failed')
    const collecting = collect(bodyOf(sent.body))
    await vi.waitFor(() => expect(sent.bytes.waiting).toBe(1))
    sent.bytes.fail(cause)
    await expect(collecting).rejects.toThrow(cause)
    expect(await outcomeOf(sent)).toEqual({ kind: 'failed', cause })
  })

  it('stops waiting, and is closed once, when it is cancelled', async () => {
    const sent = growing([OPEN], 10)
    const reader = bodyOf(sent.body).getReader()
    const reading = reader.read()
    await vi.waitFor(() => expect(sent.bytes.waiting).toBe(1))
    await reader.cancel()
    expect(await reading).toEqual({ done: true, value: undefined })
    expect(await outcomeOf(sent)).not.toEqual({ kind: 'complete' })
  })
})

describe('OpenRepresentation', () => {
  it.each([
    ['is there', { isComplete: false, frontier: 10 }, 9, false],
    ['is the next to come', { isComplete: false, frontier: 10 }, 10, true],
    ['is far ahead', { isComplete: false, frontier: 10 }, 99, true],
    ['is past the end of what is complete', { isComplete: true, frontier: 10 }, 10, false],
    ['is one of a source that knows no frontier', { isComplete: false }, 10, false],
    ['is one of a source that does not grow', {}, 10, false],
  ])('knows whether a byte is still to come that %s', (_, info, position, expected) => {
    expect(new OpenRepresentation(countedRepresentation(data, info)).awaits(position)).toBe(expected)
  })

  it('has nothing to wait for where a byte is there, or its source waits in its reads alone', () => {
    const { body } = growing([OPEN], 50)
    expect(body.representation.whenThere(49)).toBeUndefined()
    expect(new OpenRepresentation(countedRepresentation(data)).whenThere(0)).toBeUndefined()
  })

  it('waits for a byte, and is closed after that if it ends meanwhile', async () => {
    const sent = growing([OPEN], 50)
    const { representation } = sent.body
    const there = representation.whenThere(50)
    sent.bytes.reach(51)
    await there
    const waiting = representation.whenThere(51)
    const reason = new Error('The client left')
    const closing = representation.end({ kind: 'aborted', reason })
    expect(sent.bytes.closes).toBe(0)
    await expect(waiting).rejects.toThrow(reason)
    await closing
    expect(await outcomeOf(sent)).toEqual({ kind: 'aborted', reason })
    expect(() => representation.whenThere(51)).toThrow(new Error('The representation is closed'))
  })
})

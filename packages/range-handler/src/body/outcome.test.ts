import { afterEach, describe, expect, it, vi } from 'vitest'
import { FixedLengthPipe as Pipe } from '../../test/support/fixed-length-pipe.ts'
import { countedRepresentation, deferredBody, range, streamOf } from '../../test/support/sources.ts'
import { versionBytes } from '../contract/fixture.ts'
import { respondWith } from '../respond.ts'
import { endAtOnce, pipeBody } from './pipe-body.ts'
import { streamBody } from './stream-body.ts'

const data = versionBytes(100, 1)
const SEGMENTS = [range(0, 99)]
const FAULT = new Error('read failed')

type Read = () => ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>

function open(read: Read) {
  const counted = countedRepresentation(data, { read })
  return { ...deferredBody(SEGMENTS, counted), log: counted.log }
}

/** The ways in which a body leaves that a server does not read into its own buffers. */
const WAYS: Readonly<Record<string, (body: ReturnType<typeof open>['body']) => ReadableStream>> = {
  'a stream': (body) => streamBody(body),
  'a pipe': (body) => pipeBody(body, Pipe, undefined),
}
const whole = () => streamOf([data])
const failing = () => streamOf([data.slice(0, 50), FAULT])

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each(Object.entries(WAYS))('a body that leaves as %s', (_, leave) => {
  it('ends once: complete', async () => {
    const { body, log } = open(whole)
    await new Response(leave(body)).arrayBuffer()
    await vi.waitFor(() => expect(body.representation.outcome).toEqual({ kind: 'complete' }))
    await body.representation.end({ kind: 'aborted' })
    expect(body.representation.outcome).toEqual({ kind: 'complete' })
    expect(log).toEqual(['read 0-99', 'close'])
  })

  it('ends once: failed, with the cause', async () => {
    const { body, log } = open(failing)
    await expect(new Response(leave(body)).arrayBuffer()).rejects.toThrow()
    await vi.waitFor(() => expect(body.representation.outcome).toEqual({ kind: 'failed', cause: FAULT }))
    expect(log).toEqual(['read 0-99', 'close'])
  })
})

it('a stream whose reader cancels ends as aborted, with the reason', async () => {
  const { body } = open(whole)
  await streamBody(body).cancel('enough')
  expect(body.representation.outcome).toEqual({ kind: 'aborted', reason: 'enough' })
})

it('a pipe whose client leaves ends as aborted, with the reason', async () => {
  const { body } = open(() => new ReadableStream({}))
  pipeBody(body, Pipe, undefined)
  endAtOnce(body, 'gone')
  await vi.waitFor(() => expect(body.representation.outcome).toEqual({ kind: 'aborted', reason: 'gone' }))
})

it('a body in one piece is complete when it is handed over, and failed if it is too short', async () => {
  const good = open(() => data)
  await respondWith(good.body, {})
  expect(good.body.representation.outcome).toEqual({ kind: 'complete' })
  const short = open(() => data.slice(1))
  await expect(respondWith(short.body, {})).rejects.toThrow('ended 1 bytes early')
  expect(short.body.representation.outcome).toMatchObject({ kind: 'failed' })
})

it('a body whose first read fails when its client has left ends as aborted, with the reason', async () => {
  const gone = open(() => {
    throw FAULT
  })
  await expect(respondWith(gone.body, { signal: AbortSignal.abort('gone') })).rejects.toThrow(FAULT)
  expect(gone.body.representation.outcome).toEqual({ kind: 'aborted', reason: 'gone' })
  expect(gone.log).toEqual(['read 0-99', 'close'])
})

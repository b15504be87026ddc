import { planResponse, type ResponsePlan } from '@rangekit/range-core'
import { describe, expect, it } from 'vitest'
import { type Behaviour, countedRepresentation, range, streamOf } from '../test/support/sources.ts'
import { versionBytes } from './contract/fixture.ts'
import { type RespondOptions, respond } from './respond.ts'

const data = versionBytes(100_000, 1)
const slice = (first: number, last: number) => data.slice(first, last + 1)
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

/** Answers a request for `data`; the log has what was done with its representation. */
async function answer(
  fields: Record<string, string> = {},
  { method = 'GET', options, ...behaviour }: Behaviour & { method?: string; options?: RespondOptions } = {},
) {
  const representation = countedRepresentation(data, behaviour)
  const plan = planResponse({ method, headers: new Headers(fields) }, representation)
  const response = await respond(plan, representation, options)
  return { response, log: representation.log, representation }
}

describe('respond', () => {
  it('sends the status and the fields of the plan', async () => {
    const { response } = await answer({ Range: 'bytes=0-9' }, { contentType: 'video/mp4' })
    expect(response.status).toBe(206)
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'content-length': '10',
      'content-range': 'bytes 0-9/100000',
      'content-type': 'video/mp4',
    })
    await response.body?.cancel()
  })

  it.each<[string, Record<string, string>, string, number]>([
    ['HEAD', {}, 'HEAD', 200],
    ['HEAD with Range', { Range: 'bytes=0-9' }, 'HEAD', 200],
    ['a 304', { 'If-None-Match': '*' }, 'GET', 304],
    ['a 412', { 'If-Match': '"x"' }, 'GET', 412],
    ['a 416', { Range: 'bytes=100000-' }, 'GET', 416],
  ])('reads nothing and has closed before it answers %s', async (_, fields, method, status) => {
    const { response, log } = await answer(fields, { method })
    expect(response.status).toBe(status)
    expect(response.body).toBeNull()
    expect(log).toEqual(['close'])
  })

  it('answers an empty representation without a read', async () => {
    const representation = countedRepresentation(new Uint8Array())
    const plan = planResponse({ method: 'GET', headers: new Headers() }, representation)
    const response = await respond(plan, representation)
    expect(response.headers.get('content-length')).toBe('0')
    expect(response.body).toBeNull()
    expect(representation.log).toEqual(['close'])
  })

  it.each<[string, Behaviour]>([
    ['bytes', {}],
    ['a Blob', { read: ({ firstPos, lastPos }) => new Blob([data]).slice(firstPos, lastPos + 1) }],
    ['bytes in a promise', { read: async ({ firstPos, lastPos }) => slice(firstPos, lastPos) }],
  ])('sends a short range in one piece, and has closed before that: %s', async (_, behaviour) => {
    const { response, log } = await answer({ Range: 'bytes=5-1004' }, behaviour)
    expect(log).toEqual(['read 5-1004', 'close'])
    expect(await bytesOf(response)).toEqual(slice(5, 1004))
    expect(log).toEqual(['read 5-1004', 'close'])
  })

  it('reads up to 64 KiB before the head, and streams more', async () => {
    const short = await answer({ Range: 'bytes=0-65535' })
    expect(short.log).toEqual(['read 0-65535', 'close'])
    const long = await answer({ Range: 'bytes=0-65536' })
    expect(long.log).toEqual([])
    expect(await bytesOf(long.response)).toEqual(slice(0, 65_536))
    expect(long.log).toEqual(['read 0-65536', 'close'])
  })

  it('reads up to the given number of bytes before the head', async () => {
    const nothing = await answer({ Range: 'bytes=0-0' }, { options: { readFirst: 0 } })
    expect(nothing.log).toEqual([])
    await nothing.response.body?.cancel()
    const all = await answer({}, { options: { readFirst: data.byteLength } })
    expect(all.log).toEqual(['read 0-99999', 'close'])
  })

  it('streams several ranges, however short, and closes at the end', async () => {
    const { response, log } = await answer({ Range: 'bytes=0-1,99998-' })
    expect(log).toEqual([])
    const body = await bytesOf(response)
    expect(String(body.byteLength)).toBe(response.headers.get('content-length'))
    expect(log).toEqual(['read 0-1', 'read 99998-99999', 'close'])
  })

  it('sends any segments: only ranges, or only bytes', async () => {
    const send = async (segments: ResponsePlan['segments']) => {
      const representation = countedRepresentation(data)
      const body = await bytesOf(await respond({ status: 206, headers: {}, segments }, representation))
      return [body, representation.log]
    }
    expect(await send([range(0, 1), range(8, 9)])).toEqual([
      Uint8Array.of(...slice(0, 1), ...slice(8, 9)),
      ['read 0-1', 'read 8-9', 'close'],
    ])
    expect(await send([{ kind: 'bytes', bytes: Uint8Array.of(1, 2) }])).toEqual([
      Uint8Array.of(1, 2),
      ['close'],
    ])
  })

  it.each([
    ['to its end', async (response: Response) => void (await bytesOf(response)), false],
    ['not at all', async (response: Response) => response.body?.cancel(), true],
  ])('reads a short range of a source that has only streams once, %s', async (_, use, isCancelled) => {
    const order: string[] = []
    const { response, log } = await answer(
      { Range: 'bytes=0-99' },
      {
        read: ({ firstPos, lastPos }) =>
          streamOf([slice(firstPos, lastPos)], () => void order.push('cancelled')),
        close: () => void order.push('closed'),
      },
    )
    expect([log, order]).toEqual([['read 0-99'], []])
    await use(response)
    expect(log).toEqual(['read 0-99', 'close'])
    expect(order).toEqual(isCancelled ? ['cancelled', 'closed'] : ['closed'])
  })

  it.each<[string, Behaviour['read']]>([
    ['a read that rejects', () => Promise.reject(new Error('read failed'))],
    [
      'a read that throws',
      () => {
        throw new Error('read failed')
      },
    ],
  ])('throws the cause of %s before the head, and has closed', async (_, read) => {
    const representation = countedRepresentation(data, { ...(read && { read }) })
    const plan = planResponse({ method: 'GET', headers: new Headers({ Range: 'bytes=0-9' }) }, representation)
    await expect(respond(plan, representation)).rejects.toThrow(new Error('read failed'))
    expect(representation.log).toEqual(['read 0-9', 'close'])
  })

  it.each<[string, Behaviour['read'], string]>([
    ['too few bytes', () => new Uint8Array(9), 'ended 1 bytes early'],
    ['too many bytes', () => new Uint8Array(11), 'went on past its end'],
    ['a Blob too short', () => new Blob([new Uint8Array(9)]), 'ended 1 bytes early'],
  ])('throws at %s before the head, and has closed', async (_, read, found) => {
    const representation = countedRepresentation(data, { ...(read && { read }) })
    const plan = planResponse({ method: 'GET', headers: new Headers({ Range: 'bytes=0-9' }) }, representation)
    await expect(respond(plan, representation)).rejects.toThrow(found)
    expect(representation.log).toEqual(['read 0-9', 'close'])
  })

  it('breaks the body if the source fails later, and closes', async () => {
    const { response, log } = await answer(
      {},
      { read: () => streamOf([new Uint8Array(5), new Error('read failed')]) },
    )
    await expect(response.arrayBuffer()).rejects.toThrow('read failed')
    expect(log).toEqual(['read 0-99999', 'close'])
  })

  it('closes when the body is cancelled', async () => {
    const { response, log } = await answer()
    await response.body?.cancel()
    expect(log).toEqual(['close'])
  })

  it.each([
    ['GET', 'a\r\nb'],
    ['HEAD', 'a\r\nb'],
    ['GET', 'a\u0001b'],
  ])('closes once and throws if the plan has fields that cannot be sent: %s %j', async (method, value) => {
    const representation = countedRepresentation(data)
    const sound = planResponse({ method, headers: new Headers() }, representation)
    const plan: ResponsePlan = { ...sound, headers: { 'Content-Type': value } }
    await expect(respond(plan, representation)).rejects.toThrow(TypeError)
    expect(representation.log).toEqual(['close'])
  })

  it.each<[string, () => void | Promise<void>]>([
    [
      'throws',
      () => {
        throw new Error('cannot close')
      },
    ],
    ['rejects', () => Promise.reject(new Error('cannot close'))],
  ])('closes once even if closing %s', async (_, close) => {
    for (const fields of [{ Range: 'bytes=0-9' }, { 'If-None-Match': '*' }]) {
      const representation = countedRepresentation(data, { close })
      const plan = planResponse({ method: 'GET', headers: new Headers(fields) }, representation)
      await expect(respond(plan, representation)).rejects.toThrow('cannot close')
      expect(representation.log.filter((entry) => entry === 'close')).toEqual(['close'])
    }
  })
})

import { describe, expect, it } from 'vitest'
import { message } from '../../test/support/seen.ts'
import type { GrowthMessage, TransferBegun } from '../inspect/protocol.ts'
import { toHar, toJson } from './map-export.ts'
import { MapModel } from './map-model.ts'
import { describeNow } from './map-now.ts'
import { OPEN_END } from './map-seen.ts'

const ids = (model: MapModel) => model.all.map(({ begun }) => begun.id)
const lanes = (model: MapModel) => model.lanes.map((seen) => seen?.begun.id)
const complete = { outcome: 'complete', bytesSent: 1000 } as const

function modelOf(...messages: ReturnType<typeof message>[]): MapModel {
  const model = new MapModel('film.mp4')
  for (const each of messages) model.apply(each, 0)
  return model
}

describe('what the map knows', () => {
  it('are the requests of its own file, each once, however often they are reported', () => {
    const model = modelOf(message('1'), message('other', { key: 'other.mp4' }))
    expect([...model.apply(message('1', {}, { bytesSent: 500 }), 10)]).toEqual(['1'])
    expect(ids(model)).toEqual(['1'])
    expect(model.covered).toEqual([[0, 499]])
    expect(model.length).toBe(1000)
  })

  it('adds up what the processes report of the cache, by the latest report of each', () => {
    const model = modelOf(message('1'))
    expect(model.cache).toBeUndefined()
    const report = (process: string, bytes: number, last: number, key = 'film.mp4') => ({
      key,
      process,
      origin: { bytes, ranges: [[0, last] as const] },
      cache: { bytes: 2 * bytes, ranges: [] },
    })
    const hear = (...cache: ReturnType<typeof report>[]) => model.apply({ begun: [], progress: [], cache }, 0)
    hear(report('a', 100, 99), report('b', 10, 9), report('a', 1, 0, 'other.mp4'))
    hear(report('a', 200, 199))
    expect(model.cache).toEqual({
      origin: { bytes: 210, ranges: [[0, 199]] },
      cache: { bytes: 420, ranges: [] },
    })
  })

  it('is an end that does not change any more', () => {
    const model = modelOf(message('1', {}, complete))
    expect([...model.apply(message('1', {}, { bytesSent: 3 }), 10)]).toEqual([])
    expect(model.get('1')?.progress.outcome).toBe('complete')
  })

  it('is at most 200 requests; the oldest give way, what they have sent stays covered', () => {
    const model = modelOf(...Array.from({ length: 250 }, (_, index) => message(`${index}`, {}, complete)))
    expect(ids(model)).toHaveLength(200)
    expect(ids(model)[0]).toBe('50')
    expect(model.numberOf('249')).toBe(250)
    expect(model.covered).toEqual([[0, 999]])
  })

  it('clears everything but what is under way, and does not learn it again', () => {
    const model = modelOf(
      message('1', {}, complete),
      message('2', { ranges: [[500, 999]] }, { bytesSent: 10 }),
    )
    model.clear()
    expect(ids(model)).toEqual(['2'])
    expect(model.covered).toEqual([[500, 509]])
    model.apply(message('1', {}, complete), 0)
    expect(ids(model)).toEqual(['2'])
    model.apply(message('3', { startedAt: 1 }, complete), 0)
    expect(ids(model)).toEqual(['2', '3'])
  })

  it('is of one version: of another one nothing was sent yet', () => {
    const model = modelOf(message('1', {}, complete))
    model.apply(message('2', { answer: { ETag: '"2"' }, ranges: [[0, 9]] }, { bytesSent: 10 }), 0)
    expect(model.covered).toEqual([[0, 9]])
    model.apply(message('3', { completeLength: 2000, ranges: [[5, 9]] }, { bytesSent: 5 }), 0)
    expect([model.length, model.covered]).toEqual([2000, [[5, 9]]])
    // A 416 has a length as well, but shows nothing.
    model.apply(message('4', { status: 416, completeLength: 3000, ranges: [] }), 0)
    expect(model.length).toBe(2000)
  })
})

describe('the rows of the picture', () => {
  it('show the latest requests that ask for bytes, those that ended first give way', () => {
    const model = modelOf(
      message('head', { ranges: [] }),
      message('1', { startedAt: 1 }, complete),
      message('2', { startedAt: 2 }),
      message('3', { startedAt: 3 }, complete),
    )
    expect(lanes(model)).toEqual(['1', '2', '3'])
    model.apply(message('4', { startedAt: 4 }), 0)
    model.apply(message('5', { startedAt: 5 }), 0)
    expect(lanes(model)).toEqual(['4', '2', '5'])
  })

  it('become more while more requests are under way, up to eight', () => {
    const model = modelOf(...Array.from({ length: 12 }, (_, index) => message(`${index}`)))
    expect(lanes(model)).toEqual(['0', '1', '2', '3', '4', '5', '6', '11'])
  })
})

describe('the sentence above the map', () => {
  const at = (model: MapModel, now: number) => describeNow(model, now, 'nothing')

  it('says what happens', () => {
    expect(at(new MapModel('film.mp4'), 0).sentence).toMatch(/Play it/)
    expect(describeNow(new MapModel('data.bin'), 0, 'no player').sentence).toMatch(/Download it/)
    expect(describeNow(new MapModel('film.mp4'), 0, 'some of it').sentence).toMatch(/from an earlier visit/)
    const model = modelOf(message('1', { ranges: [[500, 999]] }, { bytesSent: 20 }))
    expect(at(model, 0)).toEqual({
      happening: 'sending',
      sentence: 'The client is reading from 50% on (at 500 bytes): 20 bytes so far.',
    })
    expect(at(model, 5000)).toEqual({
      happening: 'waiting',
      sentence:
        'The client has buffered enough: it read 20 bytes from 50% on (at 500 bytes), and the rest waits.',
    })
    model.apply(message('1', {}, { bytesSent: 500, outcome: 'complete' }), 0)
    expect(at(model, 0)).toEqual({
      happening: 'quiet',
      sentence: 'Nothing is being sent. One request so far, for 50% of the film.',
    })
  })
})

describe('its requests in a file', () => {
  const model = modelOf(
    message('1', { startedAt: 1000 }, { outcome: 'aborted', bytesSent: 30, duration: 12 }),
    message('2', { status: 416, ranges: [], length: 0 }, { outcome: 'complete' }),
  )

  it('are, as JSON, what the server reported and what it means', () => {
    expect(toJson(model, 0)).toMatchObject({
      key: 'film.mp4',
      completeLength: 1000,
      transfers: [
        { id: '1', bytesSent: 30, explanation: expect.stringMatching(/^The whole film/) },
        { id: '2' },
      ],
    })
  })

  it('have, as HAR, every field that HAR 1.2 requires, with its type', () => {
    const har = JSON.parse(JSON.stringify(toHar(model, 'http://localhost/api/stream/film.mp4', '1.0.0', 0)))
    expect(har).toMatchObject({ log: { version: '1.2', creator: { name: 'Rangekit', version: '1.0.0' } } })
    for (const entry of har.log.entries) {
      expect(entry).toMatchObject({
        startedDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        time: entry.timings.send + entry.timings.wait + entry.timings.receive,
        request: {
          method: 'GET',
          url: 'http://localhost/api/stream/film.mp4',
          httpVersion: 'HTTP/1.1',
          cookies: [],
          headers: [{ name: 'Range', value: 'bytes=0-' }],
          queryString: [],
          headersSize: -1,
          bodySize: 0,
        },
        response: {
          status: expect.any(Number),
          statusText: expect.stringMatching(/./),
          httpVersion: 'HTTP/1.1',
          cookies: [],
          headers: expect.any(Array),
          content: { size: expect.any(Number), mimeType: 'video/mp4' },
          redirectURL: '',
          headersSize: -1,
          bodySize: expect.any(Number),
        },
        cache: {},
        timings: { send: expect.any(Number), wait: expect.any(Number), receive: expect.any(Number) },
      })
    }
    expect(har.log.entries[0]).toMatchObject({ response: { bodySize: 30 }, _outcome: 'aborted' })
  })
})

describe('of a file that is still being written, the map', () => {
  const growth = (frontier: number, completeLength?: number, state: GrowthMessage['state'] = 'growing') => ({
    key: 'film.mp4',
    frontier,
    ...(completeLength !== undefined && { completeLength }),
    state,
  })

  it('knows how much is there, until all of it is', () => {
    const model = modelOf(message('1', {}, { bytesSent: 100 }))
    expect(model.frontier).toBeUndefined()
    model.grow(growth(400, 1000))
    expect([model.frontier, model.length]).toEqual([400, 1000])
    // What was sent is there, even if that is told later.
    model.apply({ begun: [], progress: [{ id: '1', duration: 5, bytesSent: 500 }] }, 0)
    expect(model.frontier).toBe(500)
    model.grow(growth(1000, 1000, 'complete'))
    expect([model.frontier, model.length]).toEqual([undefined, 1000])
  })

  it('is as long as what is there, if its final length is unknown', () => {
    const model = new MapModel('film.mp4')
    model.grow(growth(400))
    expect(model.length).toBe(400)
    const {
      completeLength: _,
      length: __,
      ...begun
    } = message('1', { ranges: [[0, OPEN_END]] }).begun[0] ?? {}
    model.apply({ begun: [begun as TransferBegun], progress: [{ id: '1', duration: 5, bytesSent: 450 }] }, 0)
    expect([model.length, model.covered]).toEqual([450, [[0, 449]]])
    model.grow(growth(900, 900, 'complete'))
    expect(model.length).toBe(900)
  })

  it('says that a request waits for the writer, and how much is there when nothing is asked', () => {
    const model = new MapModel('film.mp4')
    model.grow(growth(400, 1000))
    model.apply(message('1', { ranges: [[600, 999]], startedAt: 1 }), 0)
    expect(describeNow(model, 0, 'nothing')).toEqual({
      happening: 'waiting for the writer',
      sentence: 'The client waits for the writer: it wants byte 600, and 400 bytes are there so far.',
    })
    model.apply({ begun: [], progress: [{ id: '1', duration: 5, outcome: 'aborted' }] }, 0)
    expect(describeNow(model, 0, 'nothing').sentence).toMatch(
      /^Nothing is being sent\. The film is still being written: 400 bytes of 1\.0 kB are there\. One request so far/,
    )
    expect(toJson(model, 0)).toMatchObject({ frontier: 400, completeLength: 1000 })
  })
})

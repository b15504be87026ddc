import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Origin } from '../src/origin/origin.ts'
import { described, expectSame, FILM, faultOf, readAll } from './support/film.ts'
import { filmServer, stall } from './support/film-server.ts'
import { type Answer, serve } from './support/origin-server.ts'

const server = await filmServer()
const RIGHT = server.answer
const url = `${server.url}/film.mp4`
const LAST = FILM.bytes.byteLength - 1
const WHOLE = { firstPos: 0, lastPos: LAST }
const LEFT = new Error('The client left')

describe('the signal of a request', () => {
  const origin = new Origin({ retries: 5 })

  it('ends a question, and the connection of it', async () => {
    let closed = false
    server.answer = (_, response) => void response.on('close', () => (closed = true))
    const controller = new AbortController()
    const describing = origin.describe(url, controller.signal)
    await expect.poll(() => server.seen.length).toBe(1)
    controller.abort(LEFT)
    await expect(describing).rejects.toBe(LEFT)
    await expect.poll(() => closed).toBe(true)
  })

  it('ends a body that is being read, and the connection of it', async () => {
    const broken = stall(server, WHOLE)
    const controller = new AbortController()
    const version = await described(origin, url)
    const stream = await origin.read(version, WHOLE, controller.signal)
    const reader = stream.getReader()
    expectSame((await reader.read()).value ?? new Uint8Array(), FILM.bytes.subarray(0, 1000))
    const reading = reader.read()
    controller.abort(LEFT)
    await expect(reading).rejects.toBe(LEFT)
    await expect.poll(() => broken).toHaveLength(1)
  })

  it('ends a body that nothing reads, and the connection of it', async () => {
    const broken = stall(server, WHOLE)
    const controller = new AbortController()
    const stream = await origin.read(await described(origin, url), WHOLE, controller.signal)
    controller.abort(LEFT)
    await expect.poll(() => broken).toHaveLength(1)
    await expect(new Response(stream).bytes()).rejects.toBe(LEFT)
  })

  it('ends the wait before the next attempt', async () => {
    server.answer = (_, response) => response.writeHead(503, { 'retry-after': '9' }).end()
    const controller = new AbortController()
    const reading = origin.readBytes(
      { url, completeLength: 10 },
      { firstPos: 0, lastPos: 9 },
      controller.signal,
    )
    await expect.poll(() => server.seen.length).toBe(1)
    await sleep(20)
    controller.abort(LEFT)
    await expect(reading).rejects.toBe(LEFT)
  })

  it('that is aborted already sends nothing', async () => {
    const signal = AbortSignal.abort(LEFT)
    await expect(origin.describe(url, signal)).rejects.toBe(LEFT)
    await expect(
      origin.readBytes({ url, completeLength: 10 }, { firstPos: 0, lastPos: 9 }, signal),
    ).rejects.toBe(LEFT)
    expect(server.seen).toEqual([])
  })

  it('may be aborted after the last byte', async () => {
    const controller = new AbortController()
    const version = await described(origin, url)
    const { signal } = controller
    expectSame(await origin.readBytes(version, WHOLE, signal), FILM.bytes)
    controller.abort(LEFT)
    expectSame(await readAll(origin, version), FILM.bytes)
  })
})

describe('a stream that is cancelled', () => {
  it('ends its connection', async () => {
    const broken = stall(server, WHOLE)
    const origin = new Origin()
    const stream = await origin.read(await described(origin, url), WHOLE)
    await stream.cancel()
    await expect.poll(() => broken).toHaveLength(1)
  })

  it('ends the wait before the next attempt', async () => {
    let asked = 0
    server.answer = (request, response) => {
      if (request.method === 'HEAD') return serve(FILM, request, response)
      asked++
      if (asked > 1) return response.writeHead(503, { 'retry-after': '1' }).end()
      response.writeHead(206, { ...FILM.fields, 'content-range': `bytes 0-${LAST}/${LAST + 1}` })
      response.write(FILM.bytes.subarray(0, 1000), () => response.destroy())
    }
    const origin = new Origin()
    const reader = (await origin.read(await described(origin, url), WHOLE)).getReader()
    await reader.read()
    void reader.read()
    await expect.poll(() => asked).toBe(2)
    await reader.cancel()
    await sleep(1100)
    expect(asked).toBe(2)
  })
})

describe('connections', () => {
  it('are used again', async () => {
    const origin = new Origin()
    const before = server.connections
    const version = await described(origin, url)
    for (let at = 0; at < 20; at++) {
      await origin.readBytes(version, { firstPos: at, lastPos: at + 9 })
      await readAll(origin, version)
    }
    // One for HEAD, which Node closes, one for all reads, and those that it opens ahead.
    expect(server.connections - before).toBeLessThan(6)
  })

  it('are bounded; the longest waiting is the next', async () => {
    const open: (() => void)[] = []
    server.answer = (request, response) => void open.push(() => serve(FILM, request, response))
    const origin = new Origin({ maxConnections: 2 })
    const version = { url, completeLength: LAST + 1, etag: { opaque: 'one', weak: false } }
    const readings = [0, 1, 2, 3, 4].map((at) => origin.readBytes(version, { firstPos: at, lastPos: at }))
    for (let done = 0; done < 5; done++) {
      await expect.poll(() => open.length).toBeGreaterThan(done)
      expect(server.seen.length).toBeLessThanOrEqual(done + 2)
      open[done]?.()
    }
    const found = await Promise.all(readings)
    expectSame(Buffer.concat(found), FILM.bytes.subarray(0, 5))
    expect(server.seen.map(({ fields }) => fields['range'])).toEqual(
      [0, 1, 2, 3, 4].map((at) => `bytes=${at}-${at}`).sort(),
    )
  })

  it('are held until a body has ended or was cancelled; who waits too long is told', async () => {
    const origin = new Origin({ maxConnections: 1, timeout: 1000, retries: 0 })
    const version = await described(origin, url)
    const stream = await origin.read(version, WHOLE)
    const next = () => origin.readBytes(version, { firstPos: 0, lastPos: 0 })
    expect(await faultOf(next())).toEqual({ fault: 'busy', status: undefined })
    await stream.cancel()
    expect(await next()).toHaveLength(1)
    expectSame(await readAll(origin, version), FILM.bytes)
    expect(await next()).toHaveLength(1)
  })

  it('are free again after every kind of end', async () => {
    const origin = new Origin({ maxConnections: 1, retries: 0, timeout: 1000 })
    const version = await described(origin, url)
    const ends: readonly Answer[] = [
      (_, response) => response.writeHead(404).end(),
      (_, response) => response.writeHead(200).end(),
      (_, response) => response.writeHead(302, { location: '/x' }).end(),
      (_, response) => response.destroy(),
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 0-0/5' }).write('a'),
      (_, response) => void response.flushHeaders(),
    ]
    for (const end of ends) {
      server.answer = end
      await expect(origin.readBytes(version, WHOLE)).rejects.toThrow()
      await origin.describe(url).catch(() => {})
      const signal = AbortSignal.timeout(1)
      await origin.readBytes(version, WHOLE, signal).catch(() => {})
      server.answer = RIGHT
      expectSame(await origin.readBytes(version, WHOLE), FILM.bytes)
    }
  })

  it('of those who gave up waiting go to the next', async () => {
    stall(server, WHOLE)
    const origin = new Origin({ maxConnections: 1 })
    const version = await described(origin, url)
    const controller = new AbortController()
    const { signal } = controller
    // One signal ends the holder and one who waits, in this order and in the other.
    const first = origin.read(version, WHOLE, signal)
    await first
    const waiting = [0, 1].map(() => origin.readBytes(version, WHOLE, signal).catch((error) => error))
    const other = origin.readBytes(version, { firstPos: 5, lastPos: 9 })
    server.answer = RIGHT
    controller.abort(LEFT)
    expect(await Promise.all(waiting)).toEqual([LEFT, LEFT])
    expectSame(await other, FILM.bytes.subarray(5, 10))
  })
})

describe('a slow reader', () => {
  it('slows the origin down, and is not taken for a stalled origin', async () => {
    const SIZE = 2 * 1024 ** 3
    const chunk = new Uint8Array(256 * 1024)
    let sent = 0
    server.answer = (request, response) => {
      const fields = { etag: '"large"', 'content-length': SIZE }
      if (request.method === 'HEAD') return void response.writeHead(200, fields).end()
      response.writeHead(206, { ...fields, 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` })
      const pump = () => {
        while (!response.destroyed) {
          sent += chunk.byteLength
          if (!response.write(chunk)) return void response.once('drain', pump)
        }
      }
      pump()
    }
    const origin = new Origin({ timeout: 1000 })
    const version = await described(origin, url)
    const reader = (await origin.read(version, { firstPos: 0, lastPos: SIZE - 1 })).getReader()
    const read = async (bytes: number) => {
      let got = 0
      while (got < bytes) got += (await reader.read()).value?.byteLength ?? Number.NaN
      return got
    }
    let got = await read(1024 ** 2)
    await sleep(1200)
    // What the kernel keeps on both sides of a loopback connection, and no more.
    const slack = 16 * 1024 ** 2
    expect(sent - got).toBeLessThan(slack)
    got += await read(32 * 1024 ** 2)
    await sleep(100)
    expect(sent - got).toBeLessThan(slack)
    await reader.cancel()
  })
})

import { Agent, get, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { delivered, type RawResponse } from '@rangekit/conformance'
import { createApp } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { startServer } from './support/server.ts'

const folder = sharedFolder()
const server = sharedServer(() => startServer(folder.path))
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
afterAll(() => agent.destroy())

type Slice = readonly [firstPos: number, lastPos: number]

interface Asked {
  readonly spec: string
  /** The bytes that it selects; `undefined` if it is unsatisfiable. */
  readonly slice: Slice | undefined
}

/** A range-spec of any form, near and beyond the ends as often as within. */
function anyRange(completeLength: number): fc.Arbitrary<Asked> {
  const position = fc.oneof(fc.nat(completeLength + 10), fc.nat(), fc.nat(3))
  const within = (firstPos: number, lastPos: number): Asked['slice'] =>
    firstPos < completeLength ? [firstPos, Math.min(lastPos, completeLength - 1)] : undefined
  return fc.oneof(
    fc.tuple(position, fc.nat(completeLength + 10)).map(([firstPos, more]) => ({
      spec: `${firstPos}-${firstPos + more}`,
      slice: within(firstPos, firstPos + more),
    })),
    position.map((firstPos) => ({ spec: `${firstPos}-`, slice: within(firstPos, completeLength - 1) })),
    position.map((suffixLength) => ({
      spec: `-${suffixLength}`,
      slice:
        suffixLength > 0 ? within(Math.max(0, completeLength - suffixLength), completeLength - 1) : undefined,
    })),
  )
}

/** Contents of all sizes: small ones, and some that need several reads. */
const anyContent = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 2000 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 60_000, max: 1_200_000 }).map((length) => positionBytes(length)),
  },
)

const anyCase = anyContent.chain((content) =>
  fc.record({ content: fc.constant(content), asked: anyRange(content.byteLength) }),
)

let written = 0

/** Writes a content under a new name. It is an old file: a new one would have to settle for 50 ms first. */
function write(content: Uint8Array): string {
  const name = `${written++}.bin`
  folder.put(name, content)
  return name
}

function expected(content: Uint8Array, { slice }: Asked): { status: number; body: Uint8Array } {
  return slice === undefined
    ? { status: 416, body: content.subarray(0, 0) }
    : { status: 206, body: content.subarray(slice[0], slice[1] + 1) }
}

function overKeepAlive(name: string, range: string): Promise<{ status: number; body: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage) =>
      buffer(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
    get(`${server.origin}/api/stream/${name}`, { agent, headers: { Range: range } }, onResponse).on(
      'error',
      reject,
    )
  })
}

describe('for any content and any range, the body is data.slice(firstPos, lastPos + 1)', () => {
  it('over one persistent connection', async () => {
    const property = fc.asyncProperty(anyCase, async ({ content, asked }) => {
      const wanted = expected(content, asked)
      const got = await overKeepAlive(write(content), `bytes=${asked.spec}`)
      expect(got.status).toBe(wanted.status)
      expect(sameBytes(got.body, wanted.body)).toBe(true)
    })
    await fc.assert(property, { numRuns: 400 })
  })

  it('from the app alone', async () => {
    const app = createApp({ source: fileSource(folder.path) })
    const property = fc.asyncProperty(anyCase, async ({ content, asked }) => {
      const wanted = expected(content, asked)
      const headers = { Range: `bytes=${asked.spec}` }
      const response = await app.request(`/api/stream/${write(content)}`, { headers })
      expect(response.status).toBe(wanted.status)
      expect(sameBytes(new Uint8Array(await response.arrayBuffer()), wanted.body)).toBe(true)
    })
    await fc.assert(property, { numRuns: 400 })
  })
})

/** Expects parts that carry their true ranges and bytes, and together contain every slice. */
function expectParts(response: RawResponse, content: Uint8Array, slices: readonly Slice[]): void {
  expect(response.status).toBe(206)
  const answer = delivered(response)
  if (answer.kind === 'broken') throw new Error(answer.problem)
  for (const { range, bytes, completeLength } of answer.parts) {
    expect(completeLength).toBe(content.byteLength)
    expect(sameBytes(bytes, content.subarray(range.firstPos, range.lastPos + 1))).toBe(true)
  }
  for (const [firstPos, lastPos] of slices) {
    const holds = answer.parts.some(({ range }) => range.firstPos <= firstPos && range.lastPos >= lastPos)
    expect(holds).toBe(true)
  }
}

describe('for any content and any set of ranges', () => {
  const severalOf = anyContent.chain((content) =>
    fc.record({
      content: fc.constant(content),
      asked: fc.array(anyRange(content.byteLength), { minLength: 2, maxLength: 8 }),
    }),
  )

  it('the parts are correct, contain what was requested, and cost little more than the file', async () => {
    const property = fc.asyncProperty(severalOf, async ({ content, asked }) => {
      const range = `Range: bytes=${asked.map(({ spec }) => spec).join(',')}`
      const response = await exchange(server.port, `GET /api/stream/${write(content)}`, [range])
      const slices = asked.flatMap(({ slice }) => (slice === undefined ? [] : [slice]))
      expect(response).toMatchObject({ framing: 'content-length', complete: true })
      expect(response.body.byteLength).toBeLessThanOrEqual(content.byteLength + 4096)
      if (slices.length === 0) expect(response.status).toBe(416)
      // Ranges that would cost more than the file may be answered with the file.
      else if (response.status === 200) expect(sameBytes(response.body, content)).toBe(true)
      else expectParts(response, content, slices)
    })
    await fc.assert(property, { numRuns: 300 })
  })

  it('parts that are far apart come separately, in the requested order', async () => {
    const content = positionBytes(100_000)
    const range = 'Range: bytes=90000-90009,-5,0-9'
    const response = await exchange(server.port, `GET /api/stream/${write(content)}`, [range])
    const answer = delivered(response)
    if (answer.kind === 'broken') throw new Error(answer.problem)
    expect(answer.kind).toBe('multipart')
    expect(answer.parts.map(({ range: { firstPos, lastPos } }) => [firstPos, lastPos])).toEqual([
      [90_000, 90_009],
      [99_995, 99_999],
      [0, 9],
    ])
    for (const {
      range: { firstPos, lastPos },
      bytes,
      contentType,
    } of answer.parts) {
      expect(sameBytes(bytes, content.subarray(firstPos, lastPos + 1))).toBe(true)
      expect(contentType).toBe('application/octet-stream')
    }
  })
})

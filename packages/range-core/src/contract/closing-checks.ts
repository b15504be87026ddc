import { createHandler } from '../handler.ts'
import { versionBytes } from './fixture.ts'
import { holdingNothing, type SourceCheck, type SourceHarness } from './harness.ts'
import { type ReadInstead, watchSource } from './watched-source.ts'

const LENGTH = 700_001
const KEY = 'contract/closing.bin'

interface Scenario {
  /** When a representation is closed. */
  readonly when: string
  readonly status: number
  readonly method?: string
  readonly fields?: Record<string, string>
  readonly readInstead?: ReadInstead
  /** What the client does with the body. Default: reads it to its end. */
  readonly consume?: (body: ReadableStream<Uint8Array>) => Promise<unknown>
}

const readAll = (body: ReadableStream<Uint8Array>) => new Response(body).arrayBuffer()

/** Reads a body that must break. */
async function expectBreak(body: ReadableStream<Uint8Array>): Promise<void> {
  const whole = await readAll(body).catch(() => undefined)
  if (whole !== undefined) throw new Error(`A body whose source went wrong ended as if it were whole`)
}

/** A read that gives one piece, then fails. */
const failInTheMiddle: ReadInstead = () =>
  new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1000)),
    pull: (controller) => controller.error(new Error('The source failed, as the check wants it to')),
  })

const SCENARIOS: readonly Scenario[] = [
  { when: 'the whole was read', status: 200 },
  { when: 'a short range was read', status: 206, fields: { Range: 'bytes=0-99' } },
  { when: 'a long range was read', status: 206, fields: { Range: 'bytes=1-' } },
  { when: 'several ranges were read', status: 206, fields: { Range: 'bytes=0-99,500000-500099,-1' } },
  { when: 'HEAD asked', status: 200, method: 'HEAD' },
  { when: 'nothing was modified (304)', status: 304, fields: { 'If-None-Match': '*' } },
  { when: 'a precondition failed (412)', status: 412, fields: { 'If-Match': '"contract: no such tag"' } },
  { when: 'no range can be satisfied (416)', status: 416, fields: { Range: `bytes=${LENGTH}-` } },
  { when: 'the client went before the first byte', status: 200, consume: (body) => body.cancel() },
  {
    when: 'the client went in the middle',
    status: 200,
    async consume(body) {
      const reader = body.getReader()
      await reader.read()
      await reader.cancel()
    },
  },
  {
    when: 'the client went while a read was under way',
    status: 206,
    fields: { Range: 'bytes=0-99,100000-600000' },
    async consume(body) {
      const reader = body.getReader()
      await reader.read()
      await reader.read()
      const pending = reader.read()
      await reader.cancel()
      // It ends; workerd's own streams make it fail.
      await pending.catch(() => undefined)
    },
  },
  {
    when: 'the source failed before the first byte',
    status: 500,
    fields: { Range: 'bytes=0-99' },
    readInstead: () => Promise.reject(new Error('The source failed, as the check wants it to')),
  },
  {
    when: 'the source failed in the middle',
    status: 200,
    readInstead: failInTheMiddle,
    consume: expectBreak,
  },
  {
    when: 'the source gave too little',
    status: 200,
    readInstead: () => new Blob([new Uint8Array(1000)]).stream(),
    consume: expectBreak,
  },
  {
    when: 'the source gave too much',
    status: 200,
    readInstead: () => new Blob([new Uint8Array(LENGTH + 1)]).stream(),
    consume: expectBreak,
  },
]

/** What was opened is closed once, whatever became of the request. */
export function closingChecks(harness: SourceHarness): SourceCheck[] {
  return SCENARIOS.map((scenario) => ({
    name: `is closed exactly once when ${scenario.when}`,
    run: () => holdingNothing(harness, () => play(harness, scenario)),
  }))
}

async function play(harness: SourceHarness, scenario: Scenario): Promise<void> {
  const { status, method = 'GET', fields = {}, readInstead, consume = readAll } = scenario
  await harness.put(KEY, versionBytes(LENGTH, 1))
  const watched = watchSource(harness.source, readInstead)
  const handler = createHandler(watched, { key: () => KEY, onError: () => {} })
  const response = await handler(new Request('http://contract.invalid/', { method, headers: fields }))
  if (response.status !== status) throw new Error(`Expected ${status}, got ${response.status}`)
  if (response.body !== null) await consume(response.body)

  const [representation, ...others] = watched.opened
  if (representation === undefined || others.length > 0) {
    throw new Error(`Expected one representation to be opened, not ${watched.opened.length}`)
  }
  // What sends the body may learn a moment later that nobody reads it.
  for (let waited = 0; representation.closes === 0 && waited < 1000; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  if (representation.closes !== 1) throw new Error(`It was closed ${representation.closes} times`)
  if (representation.readsBeyondClose > 0) throw new Error('It was read when it was closed')
}

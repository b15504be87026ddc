import { aborted } from '../body/outcome.ts'
import { openExchange } from '../deferred/exchange.ts'
import { createHandler } from '../handler.ts'
import { expectRange, versionBytes } from './fixture.ts'
import { holdingNothing, type SourceCheck, type SourceHarness } from './harness.ts'
import { closedOnce, type ReadInstead, type WatchedSource, watchSource } from './watched-source.ts'

const LENGTH = 700_001
const KEY = 'contract/closing.bin'
/** How long a slow read takes, in milliseconds. */
const SLOW = 40

interface Scenario {
  /** When a representation is closed. */
  readonly when: string
  readonly status: number
  readonly method?: string
  readonly fields?: Record<string, string>
  readonly readInstead?: ReadInstead
  /** How long every read takes at least, in milliseconds. Default: as long as the source's. */
  readonly delay?: number
  /** What the client does with the body. Default: reads it to its end. */
  readonly consume?: (body: ReadableStream<Uint8Array>) => Promise<unknown>
}

const readAll = (body: ReadableStream<Uint8Array>) => new Response(body).arrayBuffer()

/** Reads a body that must break. */
async function expectBreak(body: ReadableStream<Uint8Array>): Promise<void> {
  const whole = await readAll(body).catch(() => undefined)
  if (whole !== undefined) throw new Error(`A body whose source went wrong ended as if it were whole`)
}

const sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time))

/** Leaves while reads take long; a literal of a multipart body comes at once. */
async function leaveDuringRead(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  const pending = Promise.allSettled([reader.read(), reader.read()])
  await sleep(SLOW / 4)
  await reader.cancel()
  await pending
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
    when: 'the client went during a slow read of it all',
    status: 200,
    delay: SLOW,
    consume: leaveDuringRead,
  },
  {
    when: 'the client went during a slow read of several ranges',
    status: 206,
    fields: { Range: 'bytes=0-99,100000-100099,500000-' },
    delay: SLOW,
    consume: leaveDuringRead,
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

/** What was opened is closed once, whatever became of the request, and is not read from then on. */
export function closingChecks(harness: SourceHarness): SourceCheck[] {
  const scenarios = SCENARIOS.map((scenario) => ({
    name: `is closed exactly once when ${scenario.when}`,
    run: () => holdingNothing(harness, () => play(harness, scenario)),
  }))
  return [
    ...scenarios,
    {
      name: 'is closed exactly once, after the read, when a server closes it that reads it into a buffer',
      run: () => holdingNothing(harness, () => closeDuringReadInto(harness)),
    },
    {
      name: 'is closed exactly once, and not read, when its response was never sent',
      run: () => holdingNothing(harness, () => dropResponse(harness)),
    },
  ]
}

async function play(harness: SourceHarness, scenario: Scenario): Promise<void> {
  const { status, method = 'GET', fields = {}, readInstead, delay, consume = readAll } = scenario
  await harness.put(KEY, versionBytes(LENGTH, 1))
  const watched = watchSource(harness.source, { readInstead, delay })
  const handler = createHandler(watched, { key: () => KEY, onError: () => {} })
  const response = await handler(new Request('http://contract.invalid/', { method, headers: fields }))
  if (response.status !== status) throw new Error(`Expected ${status}, got ${response.status}`)
  if (response.body !== null) await consume(response.body)
  await expectClosedOnce(watched)
}

/** What a server may do that sends bodies from its own buffers, when it has lost its client. */
async function closeDuringReadInto(harness: SourceHarness): Promise<void> {
  const bytes = versionBytes(LENGTH, 1)
  await harness.put(KEY, bytes)
  const watched = watchSource(harness.source, { delay: SLOW })
  const handler = createHandler(watched, { key: () => KEY, onError: () => {} })
  const request = new Request('http://contract.invalid/')
  const exchange = openExchange(request)
  const response = await handler(request)
  const representation = exchange.last?.body.representation
  if (representation?.readInto === undefined) return void (await response.body?.cancel())

  const target = new Uint8Array(1000)
  const reading = representation.readInto(target, 5000)
  const closing = representation.end(aborted())
  const count = await reading
  expectRange(target.subarray(0, count), { firstPos: 5000, lastPos: 4999 + count }, bytes)
  await closing
  await expectClosedOnce(watched)
}

/** What middleware does that answers in place of the source. */
async function dropResponse(harness: SourceHarness): Promise<void> {
  await harness.put(KEY, versionBytes(LENGTH, 1))
  const watched = watchSource(harness.source)
  const handler = createHandler(watched, { key: () => KEY, onError: () => {} })
  const over = Promise.withResolvers<void>()
  const response = await handler(new Request('http://contract.invalid/'), { completed: over.promise })
  over.resolve()
  // A pipe begins to read before anybody reads from it, and on workerd reads end with the request.
  const { readsAtClose } = await closedOnce(watched)
  await expectBreak(response.body ?? new ReadableStream())
  await expectClosedOnce(watched, readsAtClose)
}

async function expectClosedOnce(watched: WatchedSource, readsAllowed = 0): Promise<void> {
  const { closes, readsAtClose, readsAfterClose } = await closedOnce(watched)
  if (closes !== 1) throw new Error(`It was closed ${closes} times`)
  if (readsAtClose > readsAllowed || readsAfterClose > 0) throw new Error('It was read when it was closed')
}

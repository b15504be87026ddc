import { aborted } from '../body/outcome.ts'
import { openExchange } from '../deferred/exchange.ts'
import { createHandler } from '../handler.ts'
import { expectBreak, LENGTH, readAll, SCENARIOS, type Scenario, SLOW } from './closing-scenarios.ts'
import { expectRange, versionBytes } from './fixture.ts'
import { holdingNothing, type SourceCheck, type SourceHarness } from './harness.ts'
import { closedOnce, type WatchedSource, watchSource } from './watched-source.ts'

const KEY = 'contract/closing.bin'
/** A representation is closed exactly once, however the request ends, and not read after that. */
export function closingChecks(harness: SourceHarness): SourceCheck[] {
  const scenarios = SCENARIOS.map((scenario) => ({
    name: `is closed exactly once when ${scenario.when}`,
    run: () => holdingNothing(harness, () => play(harness, scenario)),
  }))
  return [
    ...scenarios,
    {
      name: 'is closed exactly once, after the read, when a server ends it while reading it into a buffer',
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

/** What a server that sends bodies from its own buffers does when the client leaves. */
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
  const reading = Promise.resolve(representation.readInto(target, 5000))
  const closing = representation.end(aborted())
  // A source that heeds the signal fails.
  const count = await reading.catch(() => 0)
  expectRange(target.subarray(0, count), { firstPos: 5000, lastPos: 4999 + count }, bytes)
  await closing
  await expectClosedOnce(watched)
}

/** What happens when middleware sends another response. */
async function dropResponse(harness: SourceHarness): Promise<void> {
  await harness.put(KEY, versionBytes(LENGTH, 1))
  const watched = watchSource(harness.source)
  const handler = createHandler(watched, { key: () => KEY, onError: () => {} })
  const over = Promise.withResolvers<void>()
  const response = await handler(new Request('http://contract.invalid/'), { completed: over.promise })
  over.resolve()
  // A pipe reads before it is read from, and on workerd reads end with the request.
  const { readsAtClose } = await closedOnce(watched)
  await expectBreak(response.body ?? new ReadableStream())
  await expectClosedOnce(watched, readsAtClose)
}

async function expectClosedOnce(watched: WatchedSource, readsAllowed = 0): Promise<void> {
  const { closes, readsAtClose, readsAfterClose } = await closedOnce(watched)
  if (closes !== 1) throw new Error(`Expected one close, got ${closes}`)
  if (readsAtClose > readsAllowed || readsAfterClose > 0)
    throw new Error('It was read when, or after, it was closed')
}

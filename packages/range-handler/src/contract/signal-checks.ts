import { FixedLengthStream } from '../body/pipe-body.ts'
import { createHandler } from '../handler.ts'
import { collect, expectRange, versionBytes } from './fixture.ts'
import { holdingNothing, type SourceCheck, type SourceHarness } from './harness.ts'
import { closedOnce, watchSource } from './watched-source.ts'

const LENGTH = 700_001
const KEY = 'contract/signal.bin'
const WHOLE = { firstPos: 0, lastPos: LENGTH - 1 }
/** How long a slow read takes, in milliseconds. */
const SLOW = 40

/** When the signal of a read is aborted. */
const MOMENTS = ['before the read', 'after the read began', 'within the bytes'] as const

/** The request's signal reaches `open` and the first `read`; a source may heed or ignore it. */
export function signalChecks(harness: SourceHarness): SourceCheck[] {
  return [
    {
      name: 'opens or throws when the signal of open is aborted, and holds nothing after that',
      run: () => holdingNothing(harness, () => openAborted(harness)),
    },
    ...MOMENTS.map((moment) => ({
      name: `delivers the whole range or fails when the signal is aborted ${moment}`,
      run: () => holdingNothing(harness, () => readAborted(harness, moment)),
    })),
    {
      name: 'gets the signal of the request at open and at the first read, and is closed exactly once when the client leaves',
      run: () => holdingNothing(harness, () => leaveDuringFirstRead(harness)),
    },
  ]
}

async function openAborted(harness: SourceHarness): Promise<void> {
  const { source } = harness
  const bytes = versionBytes(LENGTH, 1)
  await harness.put(KEY, bytes)
  const opening = async () => source.open(KEY, { signal: AbortSignal.abort() })
  const representation = await opening().catch(() => undefined)
  await representation?.close()
  // The next open is not affected.
  const next = await source.open(KEY)
  if (next === undefined) throw new Error('open found nothing after another open was aborted')
  try {
    expectRange(await collect(await next.read(WHOLE)), WHOLE, bytes)
  } finally {
    await next.close()
  }
}

async function readAborted(harness: SourceHarness, moment: (typeof MOMENTS)[number]): Promise<void> {
  const bytes = versionBytes(LENGTH, 1)
  await harness.put(KEY, bytes)
  const representation = await harness.source.open(KEY)
  if (representation === undefined) throw new Error('open found nothing, although it was put there')
  const controller = new AbortController()
  const abort = () => controller.abort(new Error('The check aborts the read'))
  const read = async () => {
    if (moment === 'before the read') abort()
    const reading = representation.read(WHOLE, { signal: controller.signal })
    if (moment === 'after the read began') abort()
    const range = await reading
    if (moment === 'within the bytes') abort()
    return collect(range)
  }
  try {
    const found = await read().catch(() => undefined)
    if (found !== undefined) expectRange(found, WHOLE, bytes)
  } finally {
    await representation.close()
  }
}

async function leaveDuringFirstRead(harness: SourceHarness): Promise<void> {
  await harness.put(KEY, versionBytes(LENGTH, 1))
  const watched = watchSource(harness.source, { delay: SLOW })
  const faults: unknown[] = []
  const handler = createHandler(watched, { key: () => KEY, onError: (error) => faults.push(error) })
  const over = Promise.withResolvers<void>()
  const request = new Request('http://contract.invalid/', { headers: { Range: 'bytes=0-99' } })
  const responding = handler(request, { completed: over.promise })
  for (let waited = 0; watched.signals.length < 2 && waited < 5000; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  over.resolve()
  const { status } = await responding
  const { closes, readsAtClose } = await closedOnce(watched)
  if (watched.signals.length !== 2) throw new Error('Expected one open and one read')
  if (!watched.signals.every((signal) => signal?.aborted)) throw new Error('A signal was not aborted')
  // workerd does not wait for reads.
  if (closes !== 1 || readsAtClose > (FixedLengthStream === undefined ? 0 : 1)) {
    throw new Error(`It was closed ${closes} times, with ${readsAtClose} reads under way`)
  }
  if (status !== 499 || faults.length > 0)
    throw new Error(
      `Expected 499 and no fault after the client left, got ${status} and ${faults.length} faults`,
    )
}

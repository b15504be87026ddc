import type { Representation } from '@rangekit/range-core'
import { collect } from './fixture.ts'
import {
  expectBytes,
  FIRST,
  follow,
  followInto,
  type Growing,
  LENGTH,
  waitInAllWays,
  waysOf,
  whileGrowing,
} from './growing-fixture.ts'
import { holdingNothing, type SourceCheck, type SourceHarness, until } from './harness.ts'
import { expectFailure, expectPending, within } from './waits.ts'

/** Everything is checked with a complete length that is known from the start, and with one that nobody knows. */
const LENGTHS = [
  ['has a known length', LENGTH],
  ['has a length that nobody knows', undefined],
] as const

/** What is still to come is waited for, and nothing else. */
export function growingChecks(harness: SourceHarness): SourceCheck[] {
  if (harness.grow === undefined) return []
  return LENGTHS.flatMap(([what, completeLength], length) =>
    CHECKS.map(([name, check], index) => ({
      name: `${name}, if it grows and ${what}`,
      run: () =>
        holdingNothing(harness, () =>
          whileGrowing(harness, `contract/grows-${length}-${index}.bin`, completeLength, (growing) =>
            check(growing, harness),
          ),
        ),
    })),
  )
}

type Check = (growing: Growing, harness: SourceHarness) => Promise<void>
const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['knows how many bytes are there, and whether more will come', knowsItsFrontier],
  ['gives what is there without waiting for the rest', givesWhatIsThere],
  ['waits for what is still to come', waitsForTheRest],
  ['gives the right bytes, and no others, to readers that follow its writer', isFollowed],
  ['ends a wait when its signal is aborted', heedsSignals],
  ['ends the wait of a stream that is cancelled', canBeCancelled],
  ['fails readers that wait when its writer fails', failsWithItsWriter],
  ['keeps its entity tag', keepsItsTag],
]

async function knowsItsFrontier({ representation, writeTo, finish }: Growing, harness: SourceHarness) {
  const { completeLength } = representation
  const expectState = async (expected: string) => {
    if (!(await until(harness, () => stateOf(representation) === expected)))
      throw new Error(`Expected ${expected}, got ${stateOf(representation)}`)
  }
  await expectState(`${FIRST} of ${completeLength} bytes`)
  await writeTo(FIRST + 1)
  await expectState(`${FIRST + 1} of ${completeLength} bytes`)
  await finish()
  await expectState(`all of ${completeLength} bytes`)
}

function stateOf({ isComplete, frontier, completeLength }: Representation): string {
  return `${isComplete === false ? frontier : 'all'} of ${completeLength} bytes`
}

async function givesWhatIsThere({ representation }: Growing, harness: SourceHarness) {
  const read = async () => {
    for (const [firstPos, end] of [
      [0, FIRST],
      [5, 10],
      [FIRST - 1, FIRST],
    ] as const) {
      expectBytes(await collect(await representation.read({ firstPos, lastPos: end - 1 })), firstPos, end)
    }
    const target = new Uint8Array(1000)
    const count = await representation.readInto?.(target, FIRST - 5)
    if (count !== undefined && !(count >= 1 && count <= 5))
      throw new Error(`readInto where 5 bytes are there resolved to ${count}`)
    expectBytes(target.subarray(0, count ?? 0), FIRST - 5, FIRST - 5 + (count ?? 0))
    await representation.whenThere?.(FIRST - 1)
  }
  await within(harness, ['A reader of what is there', read()])
}

async function waitsForTheRest({ representation, writeTo, finish }: Growing, harness: SourceHarness) {
  const [all, ...next] = await waitInAllWays(representation, FIRST)
  await writeTo(FIRST + 1)
  for (const wait of next) await within(harness, wait)
  await finish()
  if (all !== undefined) expectBytes(await within(harness, all), FIRST, LENGTH)
}

async function isFollowed({ representation, again, writeTo, finish }: Growing, harness: SourceHarness) {
  const followers = [0, 1, FIRST - 1, FIRST, FIRST + 1].flatMap((firstPos) => [
    follow(representation, firstPos),
    again((other) => followInto(other, firstPos)),
  ])
  const write = async () => {
    for (let position = FIRST; position < LENGTH; position += 40_009) await writeTo(position)
    await finish()
  }
  await Promise.all([within(harness, ['A reader that follows the writer', Promise.all(followers)]), write()])
}

async function heedsSignals({ representation }: Growing, harness: SourceHarness) {
  for (const [name, wait] of waysOf(representation, FIRST)) {
    for (const moment of ['before', 'while']) {
      const controller = new AbortController()
      if (moment === 'before') controller.abort()
      const waiting = wait({ signal: controller.signal })
      waiting.catch(() => undefined)
      if (moment === 'while') await expectPending([[name, waiting]])
      controller.abort()
      await expectFailure(harness, [`${name} with a signal that was aborted ${moment} it waited`, waiting])
    }
  }
}

async function canBeCancelled({ representation }: Growing, harness: SourceHarness) {
  const reading = async () => representation.read({ firstPos: FIRST, lastPos: LENGTH - 1 })
  const bytes = await within(harness, ['read of what is still to come', reading()])
  if (!(bytes instanceof ReadableStream)) throw new Error('read gave no stream of what is still to come')
  const reader = bytes.getReader()
  const waiting = reader.read()
  await expectPending([['The stream', waiting]])
  await within(harness, ['The cancelling of a stream', reader.cancel()])
  await within(harness, ['A stream that was cancelled', waiting])
}

async function failsWithItsWriter({ representation, fail }: Growing, harness: SourceHarness) {
  const waits = await waitInAllWays(representation, FIRST)
  await fail()
  for (const [name, waiting] of waits) {
    await expectFailure(harness, [`${name} of a byte that never came`, waiting])
  }
}

async function keepsItsTag({ representation, again, writeTo, finish }: Growing) {
  const tagOf = ({ etag }: Representation) => JSON.stringify(etag)
  const before = tagOf(representation)
  const expectTag = (now: string | undefined) => {
    if (now !== before) throw new Error(`Expected the entity tag ${before}, got ${now}`)
  }
  await writeTo(LENGTH - 1)
  expectTag(await again(async (other) => tagOf(other)))
  await finish()
  expectTag(tagOf(representation))
}

import { OPEN_END, type ReadOptions, type Representation } from '@rangekit/range-core'
import { collect, expectRange, versionBytes, withRepresentation } from './fixture.ts'
import type { SourceHarness } from './harness.ts'
import { expectPending, type Wait } from './waits.ts'

export const LENGTH = 300_001
/** How many bytes are there before anything is opened. */
export const FIRST = 100_003
const WHOLE = versionBytes(LENGTH, 1)

/** Something that grows, while a check looks at it. */
export interface Growing {
  readonly representation: Representation
  /** Writes on to a position. */
  writeTo(position: number): Promise<void>
  /** Writes the rest, and ends. */
  finish(): Promise<void>
  /** Ends before everything is written. */
  fail(): Promise<void>
  /** Another opening of the same. */
  again<T>(use: (representation: Representation) => Promise<T>): Promise<T>
}

/** Writes the first bytes under a new key, opens it, and ends its writer whatever happens. */
export async function whileGrowing(
  harness: SourceHarness,
  key: string,
  completeLength: number | undefined,
  use: (growing: Growing) => Promise<void>,
): Promise<void> {
  const { source } = harness
  const writer = await harness.grow?.(key, completeLength)
  if (writer === undefined) throw new Error('grow gave no writer')
  let written = 0
  let isOver = false
  const writeTo = async (position: number) => {
    const bytes = WHOLE.slice(written, position)
    written = position
    await writer.write(bytes)
  }
  const finish = async () => {
    isOver = true
    if (written < LENGTH) await writeTo(LENGTH)
    await writer.finish()
  }
  const fail = async () => {
    isOver = true
    await writer.fail()
  }
  try {
    await writeTo(FIRST)
    await withRepresentation(source, key, (representation) =>
      use({ representation, writeTo, finish, fail, again: (use) => withRepresentation(source, key, use) }),
    )
  } finally {
    if (!isOver) await fail()
  }
}

/** Waits in one way for the byte at a position, and perhaps for more. */
export type Way = (options?: ReadOptions) => Promise<unknown>

/** The ways in which a representation can be waited for, by name; the first one gives all bytes to the end. */
export function waysOf(
  representation: Representation,
  position: number,
): readonly (readonly [name: string, wait: Way])[] {
  const { readInto, whenThere } = representation
  const ways: [string, Way][] = [
    [
      'read',
      async (options) =>
        collect(await representation.read({ firstPos: position, lastPos: LENGTH - 1 }, options)),
    ],
  ]
  if (readInto !== undefined) {
    ways.push([
      'readInto',
      async (options) => readInto.call(representation, new Uint8Array(1000), position, options),
    ])
  }
  if (whenThere !== undefined) {
    ways.push(['whenThere', async (options) => whenThere.call(representation, position, options)])
  }
  return ways
}

/** Begins to wait in every way. */
export async function waitInAllWays(representation: Representation, position: number): Promise<Wait[]> {
  const waits = waysOf(representation, position).map(([name, wait]): Wait => [name, wait()])
  for (const [, waiting] of waits) waiting.catch(() => undefined)
  await expectPending(waits)
  return waits
}

/** Reads all bytes from a position on as a stream, however many will come. */
export async function follow(representation: Representation, firstPos: number): Promise<void> {
  const lastPos = representation.completeLength === undefined ? OPEN_END : LENGTH - 1
  expectBytes(await collect(await representation.read({ firstPos, lastPos })), firstPos, LENGTH)
}

/** The same with a buffer, as a server does that owns its own. */
export async function followInto(representation: Representation, firstPos: number): Promise<void> {
  if (representation.readInto === undefined) return
  const target = new Uint8Array(70_000)
  let position = firstPos
  while (position < (representation.completeLength ?? OPEN_END)) {
    await representation.whenThere?.(position)
    const count = await representation.readInto(target, position)
    if (count === 0) break
    expectBytes(target.subarray(0, count), position, position + count)
    position += count
  }
  if (position !== LENGTH) throw new Error(`readInto ended after ${position} of ${LENGTH} bytes`)
}

/** @throws Error if these are not the bytes from a position to before another one. */
export function expectBytes(bytes: unknown, firstPos: number, end: number): void {
  if (!(bytes instanceof Uint8Array)) throw new Error(`Expected bytes, got ${bytes}`)
  expectRange(bytes, { firstPos, lastPos: end - 1 }, WHOLE)
}

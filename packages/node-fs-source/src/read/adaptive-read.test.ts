import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AdaptiveRead } from './adaptive-read.ts'

let clock = 0
beforeEach(() => {
  clock = 1e6
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** A read on the thread pool that takes this many milliseconds, and that the event loop notices only then. */
async function takesOnPool(file: AdaptiveRead, milliseconds: number): Promise<void> {
  await file.readOnPool(async () => {
    for (let turn = 0; turn < 4; turn++) await nextTurn()
    clock += milliseconds
  })
}

/** A read on the calling thread that takes this many milliseconds. */
function blocks(file: AdaptiveRead, milliseconds: number): void {
  const started = clock
  clock += milliseconds
  file.recordBlocking(started)
}

describe('the calling thread', () => {
  it('does not read a file that has never been read', () => {
    expect(new AdaptiveRead(false).mayBlock(clock)).toBe(false)
  })

  it.each([
    [0, true],
    [2, true],
    [2.1, false],
    [200, false],
  ])('after a read of %d ms on the thread pool may read next: %s', async (took, fast) => {
    const file = new AdaptiveRead(false)
    await takesOnPool(file, took)
    expect(file.mayBlock(clock)).toBe(fast)
    await takesOnPool(file, 0)
    expect(file.mayBlock(clock)).toBe(true)
  })

  it('may read after a read that completed by the next turn of the event loop, however late that comes', async () => {
    const file = new AdaptiveRead(false)
    await file.readOnPool(async () => {
      await nextTurn()
      clock += 50
    })
    expect(file.mayBlock(clock)).toBe(true)
  })

  it('does not read after a slow read that failed', async () => {
    const file = new AdaptiveRead(false)
    const fails = async () => {
      for (let turn = 0; turn < 4; turn++) await nextTurn()
      clock += 200
      throw new Error('EIO')
    }
    await takesOnPool(file, 0)
    await expect(file.readOnPool(fails)).rejects.toThrow('EIO')
    expect(file.mayBlock(clock)).toBe(false)
  })

  it('keeps reading while its reads are fast', async () => {
    const file = new AdaptiveRead(false)
    await takesOnPool(file, 0)
    for (let read = 0; read < 100; read++) {
      blocks(file, 2)
      expect(file.mayBlock(clock)).toBe(true)
    }
  })

  it.each([3, 200, 60_000])('does not read for twenty times the %d ms that it was blocked', async (took) => {
    const file = new AdaptiveRead(false)
    await takesOnPool(file, 0)
    blocks(file, took)
    const ended = clock
    clock = ended + 20 * took - 1
    await takesOnPool(file, 0)
    expect(file.mayBlock(clock)).toBe(false)
    clock = ended + 20 * took
    expect(file.mayBlock(clock)).toBe(true)
  })

  it('reads after that only if the last read on the thread pool was fast', async () => {
    const file = new AdaptiveRead(false)
    await takesOnPool(file, 0)
    blocks(file, 3)
    clock += 1000
    expect(file.mayBlock(clock)).toBe(false)
    await takesOnPool(file, 3)
    expect(file.mayBlock(clock)).toBe(false)
    await takesOnPool(file, 1)
    expect(file.mayBlock(clock)).toBe(true)
  })

  it('is blocked by one file for less than a twentieth of the time, however long its reads take', async () => {
    const file = new AdaptiveRead(false)
    const started = clock
    let blocked = 0
    for (let read = 0; read < 2000; read++) {
      // Every read on the thread pool is fast, and every one that blocks is slow.
      if (file.mayBlock(clock)) {
        const took = 3 + ((read * 37) % 500)
        blocks(file, took)
        blocked += took
      } else {
        await takesOnPool(file, 1)
        clock += 100
      }
    }
    expect(blocked).toBeGreaterThan(1000)
    // The last back-off may not be over yet.
    expect(blocked / (clock - started + 20 * 503)).toBeLessThan(0.05)
  })

  it('is decided for each file on its own', async () => {
    const [slow, fast] = [new AdaptiveRead(false), new AdaptiveRead(false)]
    await takesOnPool(fast, 0)
    await takesOnPool(slow, 200)
    expect(fast.mayBlock(clock)).toBe(true)
    await takesOnPool(fast, 0)
    expect(slow.mayBlock(clock)).toBe(false)
  })

  it('never reads a remote file, however fast', async () => {
    const file = new AdaptiveRead(true)
    for (let read = 0; read < 10; read++) await takesOnPool(file, 0)
    expect(file.mayBlock(clock)).toBe(false)
  })
})

describe('reads of slow files', () => {
  /** Starts a read that lasts until `finish` is called. */
  function begin(file: AdaptiveRead, reader?: { closed: boolean }) {
    const held = Promise.withResolvers<void>()
    const state = { started: false }
    const done = file.readOnPool(async () => {
      state.started = true
      await held.promise
    }, reader)
    return { state, done, finish: held.resolve }
  }

  async function slowFile(): Promise<AdaptiveRead> {
    const file = new AdaptiveRead(false)
    await takesOnPool(file, 200)
    return file
  }

  const started = async (reads: readonly ReturnType<typeof begin>[]) => {
    await nextTurn()
    return reads.map(({ state }) => state.started)
  }

  it('take turns, two at a time, and other reads do not wait for them', async () => {
    const reads = (await Promise.all(Array.from({ length: 5 }, slowFile))).map((file) => begin(file))
    expect(await started(reads)).toEqual([true, true, false, false, false])
    const known = new AdaptiveRead(false)
    await takesOnPool(known, 0)
    const others = [begin(known), begin(known), begin(new AdaptiveRead(false))]
    expect(await started(others)).toEqual([true, true, true])
    for (const read of others) read.finish()
    reads[1]?.finish()
    await reads[1]?.done
    expect(await started(reads)).toEqual([true, true, true, false, false])
    for (const read of reads) read.finish()
    await Promise.all(reads.map(({ done }) => done))
  })

  it('do not take turns after one late read of a file that was fast before', async () => {
    const file = new AdaptiveRead(false)
    const holders = (await Promise.all([slowFile(), slowFile()])).map((slow) => begin(slow))
    await takesOnPool(file, 0)
    await takesOnPool(file, 200)
    const second = begin(file)
    expect(await started([second])).toEqual([true])
    clock += 200
    for (let turn = 0; turn < 4; turn++) await nextTurn()
    second.finish()
    await second.done
    const third = begin(file)
    expect(await started([third])).toEqual([false])
    for (const { finish } of [...holders, third]) finish()
    await Promise.all([...holders, third].map(({ done }) => done))
  })

  it('do not start for a reader that was closed while it waited', async () => {
    const holders = (await Promise.all([slowFile(), slowFile()])).map((slow) => begin(slow))
    const reader = { closed: false }
    const waiting = begin(await slowFile(), reader)
    expect(await started([waiting])).toEqual([false])
    reader.closed = true
    for (const { finish } of holders) finish()
    await expect(waiting.done).rejects.toThrow('Read after close')
    expect(waiting.state.started).toBe(false)
  })
})

describe('whenIdle', () => {
  it('resolves for all callers once every pending task has ended', async () => {
    const file = new AdaptiveRead(false)
    expect(file.whenIdle()).toBeUndefined()
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const reads = [file.readOnPool(() => one.promise), file.track(() => other.promise)]
    let idle = 0
    for (const wait of [file.whenIdle(), file.whenIdle()]) void wait?.then(() => idle++)
    one.resolve()
    await reads[0]
    await nextTurn()
    expect(idle).toBe(0)
    other.reject(new Error('EIO'))
    await expect(reads[1]).rejects.toThrow('EIO')
    await nextTurn()
    expect(idle).toBe(2)
    expect(file.whenIdle()).toBeUndefined()
  })
})

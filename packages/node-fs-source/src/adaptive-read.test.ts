import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Pace } from './adaptive-read.ts'

let clock = 0
beforeEach(() => {
  clock = 1e6
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** A read on the thread pool that takes so many milliseconds, and is noticed by the event loop only then. */
async function takes(pace: Pace, milliseconds: number): Promise<void> {
  await pace.read(async () => {
    for (let turn = 0; turn < 4; turn++) await nextTurn()
    clock += milliseconds
  })
}

/** A read by the calling thread that takes so many milliseconds. */
function blocks(pace: Pace, milliseconds: number): void {
  const started = clock
  clock += milliseconds
  pace.blocked(started)
}

describe('the pace of a file', () => {
  it('lets no thread wait for a file of which nothing is known', () => {
    expect(new Pace(false).mayBlock(clock)).toBe(false)
  })

  it.each([
    [0, true],
    [2, true],
    [2.1, false],
    [200, false],
  ])('after a read of %d ms on the thread pool lets the thread read next: %s', async (took, quick) => {
    const pace = new Pace(false)
    await takes(pace, took)
    expect(pace.mayBlock(clock)).toBe(quick)
    await takes(pace, 0)
    expect(pace.mayBlock(clock)).toBe(true)
  })

  it('takes a read for quick that is back by the next turn of the event loop, however late that comes', async () => {
    const pace = new Pace(false)
    await pace.read(async () => {
      await nextTurn()
      clock += 50
    })
    expect(pace.mayBlock(clock)).toBe(true)
  })

  it('counts a read that failed like any other', async () => {
    const pace = new Pace(false)
    const fails = async () => {
      for (let turn = 0; turn < 4; turn++) await nextTurn()
      clock += 200
      throw new Error('EIO')
    }
    await takes(pace, 0)
    await expect(pace.read(fails)).rejects.toThrow('EIO')
    expect(pace.mayBlock(clock)).toBe(false)
  })

  it('goes on with the thread as long as that is quick', async () => {
    const pace = new Pace(false)
    await takes(pace, 0)
    for (let read = 0; read < 100; read++) {
      blocks(pace, 2)
      expect(pace.mayBlock(clock)).toBe(true)
    }
  })

  it.each([3, 200, 60_000])(
    'leaves the thread alone for twenty times the %d ms that it was blocked',
    async (took) => {
      const pace = new Pace(false)
      await takes(pace, 0)
      blocks(pace, took)
      const ended = clock
      clock = ended + 20 * took - 1
      await takes(pace, 0)
      expect(pace.mayBlock(clock)).toBe(false)
      clock = ended + 20 * took
      expect(pace.mayBlock(clock)).toBe(true)
    },
  )

  it('lets the thread read after that only if the last read on the thread pool was quick', async () => {
    const pace = new Pace(false)
    await takes(pace, 0)
    blocks(pace, 3)
    clock += 1000
    expect(pace.mayBlock(clock)).toBe(false)
    await takes(pace, 3)
    expect(pace.mayBlock(clock)).toBe(false)
    await takes(pace, 1)
    expect(pace.mayBlock(clock)).toBe(true)
  })

  it('lets one file block the thread for less than a twentieth of the time, whatever its reads take', async () => {
    const pace = new Pace(false)
    const started = clock
    let blocked = 0
    for (let read = 0; read < 2000; read++) {
      // Every read on the thread pool is quick, and every one that blocks is not.
      if (pace.mayBlock(clock)) {
        const took = 3 + ((read * 37) % 500)
        blocks(pace, took)
        blocked += took
      } else {
        await takes(pace, 1)
        clock += 100
      }
    }
    expect(blocked).toBeGreaterThan(1000)
    // The last rest may not be over yet.
    expect(blocked / (clock - started + 20 * 503)).toBeLessThan(0.05)
  })

  it('is known of each file alone', async () => {
    const [slow, quick] = [new Pace(false), new Pace(false)]
    await takes(quick, 0)
    await takes(slow, 200)
    expect(quick.mayBlock(clock)).toBe(true)
    await takes(quick, 0)
    expect(slow.mayBlock(clock)).toBe(false)
  })

  it('lets no thread wait for a remote file, quick as it may be', async () => {
    const pace = new Pace(true)
    for (let read = 0; read < 10; read++) await takes(pace, 0)
    expect(pace.mayBlock(clock)).toBe(false)
  })
})

describe('reads of slow files', () => {
  /** Starts a read that lasts until it is let go. */
  function begin(pace: Pace, reader?: { closed: boolean }) {
    const held = Promise.withResolvers<void>()
    const state = { started: false }
    const done = pace.read(async () => {
      state.started = true
      await held.promise
    }, reader)
    return { state, done, letGo: held.resolve }
  }

  async function slowFile(): Promise<Pace> {
    const pace = new Pace(false)
    await takes(pace, 200)
    return pace
  }

  const started = async (reads: readonly ReturnType<typeof begin>[]) => {
    await nextTurn()
    return reads.map(({ state }) => state.started)
  }

  it('take turns, two at a time, and others do not wait for them', async () => {
    const reads = (await Promise.all(Array.from({ length: 5 }, slowFile))).map((pace) => begin(pace))
    expect(await started(reads)).toEqual([true, true, false, false, false])
    const known = new Pace(false)
    await takes(known, 0)
    const others = [begin(known), begin(known), begin(new Pace(false))]
    expect(await started(others)).toEqual([true, true, true])
    for (const read of others) read.letGo()
    reads[1]?.letGo()
    await reads[1]?.done
    expect(await started(reads)).toEqual([true, true, true, false, false])
    for (const read of reads) read.letGo()
    await Promise.all(reads.map(({ done }) => done))
  })

  it('do not take turns where a file was quick before and is late once', async () => {
    const pace = new Pace(false)
    const holders = (await Promise.all([slowFile(), slowFile()])).map((slow) => begin(slow))
    await takes(pace, 0)
    await takes(pace, 200)
    const second = begin(pace)
    expect(await started([second])).toEqual([true])
    clock += 200
    for (let turn = 0; turn < 4; turn++) await nextTurn()
    second.letGo()
    await second.done
    const third = begin(pace)
    expect(await started([third])).toEqual([false])
    for (const { letGo } of [...holders, third]) letGo()
    await Promise.all([...holders, third].map(({ done }) => done))
  })

  it('are not done for a reader that was closed while it waited', async () => {
    const holders = (await Promise.all([slowFile(), slowFile()])).map((slow) => begin(slow))
    const reader = { closed: false }
    const waiting = begin(await slowFile(), reader)
    expect(await started([waiting])).toEqual([false])
    reader.closed = true
    for (const { letGo } of holders) letGo()
    await expect(waiting.done).rejects.toThrow('Read after close')
    expect(waiting.state.started).toBe(false)
  })
})

describe('what is under way', () => {
  it('is waited for by those who close, all of it', async () => {
    const pace = new Pace(false)
    expect(pace.idle()).toBeUndefined()
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const reads = [pace.read(() => one.promise), pace.hold(() => other.promise)]
    let idle = 0
    for (const wait of [pace.idle(), pace.idle()]) void wait?.then(() => idle++)
    one.resolve()
    await reads[0]
    await nextTurn()
    expect(idle).toBe(0)
    other.reject(new Error('EIO'))
    await expect(reads[1]).rejects.toThrow('EIO')
    await nextTurn()
    expect(idle).toBe(2)
    expect(pace.idle()).toBeUndefined()
  })
})

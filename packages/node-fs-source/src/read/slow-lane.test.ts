import { availableParallelism } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Lane, poolSize, slowLaneWidth } from './slow-lane.ts'

describe('a lane', () => {
  it('runs tasks in order, as many at a time as it is wide', async () => {
    const lane = new Lane(2)
    const tasks = Array.from({ length: 5 }, () => Promise.withResolvers<number>())
    const started: number[] = []
    const done = tasks.map(({ promise }, index) =>
      lane.run(() => {
        started.push(index)
        return promise
      }),
    )
    await nextTurn()
    expect(started).toEqual([0, 1])
    tasks[1]?.resolve(10)
    expect(await done[1]).toBe(10)
    await nextTurn()
    expect(started).toEqual([0, 1, 2])
    for (const [index, { resolve }] of tasks.entries()) resolve(index)
    expect(await Promise.all(done)).toEqual([0, 10, 2, 3, 4])
    expect(started).toEqual([0, 1, 2, 3, 4])
  })

  it('continues after a task that fails', async () => {
    const lane = new Lane(1)
    const outcomes = await Promise.allSettled([
      lane.run(() => Promise.reject(new Error('EIO'))),
      lane.run(() => {
        throw new Error('at once')
      }),
      lane.run(async () => 'well'),
    ])
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : `${outcome.reason}`)),
    ).toEqual(['Error: EIO', 'Error: at once', 'well'])
    expect(await lane.run(async () => 'again')).toBe('again')
  })
})

it.each([
  [1, 1],
  [2, 1],
  [3, 1],
  [4, 2],
  [16, 14],
  [1024, 1022],
])('slow reads get, of %i threads, %i', (threads, width) => {
  expect(slowLaneWidth(threads)).toBe(width)
})

describe('the size of the thread pool', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
  })

  it.each([
    [undefined, 4],
    ['16', 16],
    ['1', 1],
    ['0', 1],
    ['many', 1],
    ['', 1],
  ])('is, as libuv reads %j, %i', (configured, threads) => {
    vi.stubEnv('UV_THREADPOOL_SIZE', configured)
    expect(poolSize()).toBe(threads)
  })

  it('is the number of processors on Bun, unless the variable is set', () => {
    vi.stubEnv('UV_THREADPOOL_SIZE', undefined)
    vi.stubGlobal('Bun', {})
    expect(poolSize()).toBe(availableParallelism())
    vi.stubEnv('UV_THREADPOOL_SIZE', '8')
    expect(poolSize()).toBe(8)
  })
})

import { expect, it } from 'vitest'
import { cacheProblem } from './cache-flags.ts'

const MIB = 1024 * 1024
const FLAGS = { digests: false, index: true, cacheStatus: false }

it('refuses a cache in which no block has room', () => {
  const problemOf = (flags: object, processes = 1) => cacheProblem({ ...FLAGS, ...flags }, processes)
  expect(problemOf({ cacheMemory: 1 })).toBe(
    '--cache-memory is too small for blocks of 1 MiB; name 0, or at least 2 MiB',
  )
  expect(problemOf({ cacheMemory: 4 * MIB }, 4)).toMatch(/at least 8 MiB$/)
  expect(problemOf({ cacheSize: MIB, cacheDir: '.' })).toBe(
    '--cache-size is too small for blocks of 1 MiB; name at least 2 MiB',
  )
  for (const cacheMemory of [0, 2 * MIB]) expect(problemOf({ cacheMemory })).toBeUndefined()
  expect(problemOf({}, 1000)).toBeUndefined()
})

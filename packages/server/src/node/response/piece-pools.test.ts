import { Socket } from 'node:net'
import { READER_PROOF } from '@rangekit/range-core'
import { describe, expect, it } from 'vitest'
import { connectionOf } from '../connection/connection.ts'
import { PiecePools } from './piece-pools.ts'

const KIB = 1024
const LONG = 1024 * 1024 * KIB

/** The pools for a body, on a connection on which this many bytes were taken before. */
function open({ taken = 0, length = LONG, encrypted = false } = {}) {
  const connection = connectionOf(Object.assign(new Socket(), { encrypted }))
  connection.taken = taken
  return { connection, pools: new PiecePools(connection, length) }
}

describe('the buffers for a body', () => {
  it('are of 64 KiB if one is enough, whatever the client has proven', () => {
    expect(open({ length: 1 }).pools.next().size).toBe(64 * KIB)
    expect(open({ length: 64 * KIB }).pools.next().size).toBe(64 * KIB)
    expect(open({ length: 64 * KIB, taken: READER_PROOF }).pools.next().size).toBe(64 * KIB)
  })

  it('are of 32 KiB until the client has proven that it reads', () => {
    const { pools } = open({ taken: READER_PROOF - 1 })
    expect(pools.next().size).toBe(32 * KIB)
    pools.taken(pools.next(), 1, true)
    expect(pools.next().size).toBeGreaterThan(32 * KIB)
  })

  it('are of 64 KiB at most where TLS makes a copy of each', () => {
    const { pools } = open({ taken: READER_PROOF, encrypted: true })
    for (const atOnce of [true, false, true]) {
      expect(pools.next().size).toBe(64 * KIB)
      pools.taken(pools.next(), 64 * KIB, atOnce)
    }
  })

  it('are of 512 KiB afterwards as long as the kernel has room for that, and of 64 KiB until it has drained', () => {
    const { pools } = open({ taken: READER_PROOF })
    for (const size of [512, 512, 64]) {
      const pool = pools.next()
      expect(pool.size).toBe(size * KIB)
      pools.taken(pool, pool.size, true)
    }
    pools.taken(pools.next(), 64 * KIB, false)
    expect(pools.next().size).toBe(512 * KIB)
  })

  it('are smaller for the rest of the connection once the kernel had less room than assumed', () => {
    const { connection, pools } = open({ taken: READER_PROOF })
    for (const size of [512, 512]) {
      expect(pools.next().size).toBe(size * KIB)
      pools.taken(pools.next(), 512 * KIB, false)
    }
    expect(pools.next().size).toBe(64 * KIB)
    expect(new PiecePools(connection, LONG).next().size).toBe(64 * KIB)
  })
})

import { type BlobEntry, blobSource } from '@rangekit/range-handler'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import { sha256 } from '@rangekit/test-kit/bytes'
import { makeFolder } from '@rangekit/test-kit/folder'
import { afterAll, describe, expect, it } from 'vitest'
import { cachedSource } from '../cached-source.ts'
import { diskBlocks } from './disk-blocks.ts'

const faults: unknown[] = []
const folder = makeFolder()
const store = await diskBlocks({
  dir: folder.path,
  maxBytes: 3_000_000,
  onFault: (error) => faults.push(error),
})
afterAll(async () => {
  await store.close()
  folder.remove()
})

describe.each([
  ['disk', 0],
  ['a little memory and disk', 100_000],
])('a cache on %s keeps the contract of a source: it', (scope, memory) => {
  const entries = new Map<string, BlobEntry>()
  const blobs = blobSource((key) => entries.get(key))
  const checks = rangeSourceChecks({
    source: cachedSource(blobs, { store, scope, memory, blockSize: 10_000 }),
    put: (key, data) => void entries.set(key, { data, etag: { opaque: sha256(data), weak: false } }),
    remove: (key) => void entries.delete(key),
  })
  for (const { name, run } of checks) it(name, run)

  it('had blocks on disk', () => {
    expect(store.size).toBeGreaterThan(0)
    expect(faults).toEqual([])
  })
})

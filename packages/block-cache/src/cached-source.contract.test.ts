import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { type BlobEntry, blobSource } from '@rangekit/range-handler'
import { rangeSourceChecks, type SourceHarness } from '@rangekit/range-handler/testing'
import { describe, expect, it } from 'vitest'
import { Origin, type OriginOptions } from '../test/support/origin.ts'
import { type CachedSourceOptions, cachedSource } from './cached-source.ts'

const tagOf = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex')

function blobs(options: CachedSourceOptions): SourceHarness {
  const entries = new Map<string, BlobEntry>()
  return {
    source: cachedSource(
      blobSource((key) => entries.get(key)),
      options,
    ),
    put: (key, data) => void entries.set(key, { data, etag: { opaque: tagOf(data), weak: false } }),
    remove: (key) => void entries.delete(key),
  }
}

function origin(behaviour: OriginOptions, options: CachedSourceOptions): SourceHarness {
  const behind = new Origin({ piece: 30_000, ...behaviour })
  return {
    source: cachedSource(behind, options),
    put: (key, bytes) => behind.put(key, bytes, tagOf(bytes)),
    remove: (key) => void behind.store.delete(key),
    opened: () => behind.openCount,
  }
}

const slow = async () => void (await turn())

describe.each<readonly [string, SourceHarness]>([
  ['Blobs in small blocks', blobs({ blockSize: 10_000, memory: 100_000 })],
  [
    'an origin that is read into buffers',
    origin({ readsInto: true }, { blockSize: 100_000, memory: 300_000 }),
  ],
  ['a slow origin, without memory', origin({ before: slow }, { blockSize: 50_000, memory: 0 })],
])('a cache of %s keeps the contract: it', (_, harness) => {
  for (const { name, run } of rangeSourceChecks(harness)) it(name, run)
})

it('makes no check that the origin would fail', () => {
  expect(rangeSourceChecks(blobs({})).length).toBeGreaterThan(30)
})

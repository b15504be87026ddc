import type { RangeSource, Representation } from '@rangekit/range-core'
import { describe, expect, it } from 'vitest'
import { GrowingShelf, shelfWith, slice } from '../test/support/shelf.ts'
import { rangeSourceChecks, type SourceHarness } from './testing.ts'

async function failuresOf(harness: SourceHarness): Promise<Map<string, string>> {
  const failures = new Map<string, string>()
  for (const { name, run } of rangeSourceChecks(harness)) {
    await run().catch((error: unknown) =>
      failures.set(name, error instanceof Error ? error.message : String(error)),
    )
  }
  return failures
}

describe('rangeSourceChecks', () => {
  it('passes a source that keeps every promise', async () => {
    expect(await failuresOf(new GrowingShelf())).toEqual(new Map())
  })

  it('passes a source that has only the required members', async () => {
    const shelf = shelfWith(() => ({ etag: undefined }))
    const bare: RangeSource = {
      async open(key) {
        const { readInto: _, ...representation } = (await shelf.open(key)) ?? {}
        return 'read' in representation ? (representation as Representation) : undefined
      },
    }
    expect(await failuresOf({ source: bare, put: (key, bytes) => shelf.put(key, bytes) })).toEqual(new Map())
  })

  it('has unique names', () => {
    const names = rangeSourceChecks(new GrowingShelf()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z].+[a-z0-9)]$/)
  })

  it('reports what was expected and what was found', async () => {
    const short = shelfWith((_, bytes) => ({
      read: ({ firstPos, lastPos }) => slice(bytes, firstPos, lastPos - 1),
    }))
    const failures = await failuresOf(short)
    expect(failures.get('delivers exactly the bytes of any range')).toBe(
      'Bytes 0-0 of 700001: expected 1 bytes, got 0',
    )
    const shelf = shelfWith((_, bytes) => ({
      read: ({ firstPos, lastPos }) => bytes.slice(firstPos, lastPos + 1).fill(7),
    }))
    expect((await failuresOf(shelf)).get('delivers exactly the bytes of any range')).toBe(
      'Bytes 0-0 of 700001: expected 1 at position 0, got 7',
    )
  })
})

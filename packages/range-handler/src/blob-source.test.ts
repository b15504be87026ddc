import { describe, expect, it } from 'vitest'
import { type BlobEntry, blobSource } from './blob-source.ts'
import { collect, versionBytes } from './contract/fixture.ts'
import { rangeSourceChecks } from './testing.ts'

const forms: ReadonlyArray<readonly [string, (bytes: Uint8Array<ArrayBuffer>) => BlobEntry['data']]> = [
  ['bytes', (bytes) => bytes],
  ['Blobs', (bytes) => new Blob([bytes])],
  ['Files', (bytes) => new File([bytes], 'a.bin')],
]

describe.each(forms)('a source of %s keeps the contract: it', (_, toData) => {
  const entries = new Map<string, BlobEntry>()
  const checks = rangeSourceChecks({
    source: blobSource((key) => entries.get(key)),
    put: (key, bytes) => void entries.set(key, { data: toData(bytes) }),
    remove: (key) => void entries.delete(key),
  })
  for (const { name, run } of checks) it(name, run)
})

describe('blobSource', () => {
  const openEntry = async (entry: BlobEntry) => {
    const representation = await blobSource(() => entry).open('a')
    if (representation === undefined) throw new Error('The entry was not found')
    return representation
  }

  it('waits for an entry in a promise', async () => {
    const source = blobSource(async (key) => (key === 'a' ? { data: new Blob(['hello']) } : undefined))
    expect((await source.open('a'))?.completeLength).toBe(5)
    expect(await source.open('b')).toBeUndefined()
  })

  it("reports a Blob's type unless the entry has one", async () => {
    const data = new Blob(['hello'], { type: 'text/plain' })
    expect((await openEntry({ data })).contentType).toBe('text/plain')
    expect((await openEntry({ data, contentType: 'text/html' })).contentType).toBe('text/html')
    expect((await openEntry({ data: new Blob(['hello']) })).contentType).toBeUndefined()
    expect((await openEntry({ data: new Uint8Array(5) })).contentType).toBeUndefined()
    expect((await openEntry({ data: new Uint8Array(5), contentType: 'text/html' })).contentType).toBe(
      'text/html',
    )
  })

  it("reports a File's modification date unless the entry has one", async () => {
    const data = new File(['hello'], 'a.txt', { lastModified: 784_111_777_000 })
    expect((await openEntry({ data })).lastModified).toEqual(new Date(784_111_777_000))
    const lastModified = new Date(0)
    expect((await openEntry({ data, lastModified })).lastModified).toEqual(lastModified)
    expect((await openEntry({ data: new Blob(['hello']), lastModified })).lastModified).toEqual(lastModified)
    expect((await openEntry({ data: new Blob(['hello']) })).lastModified).toBeUndefined()
    expect((await openEntry({ data: new Uint8Array(5) })).lastModified).toBeUndefined()
  })

  it('passes an entity tag on, and invents none', async () => {
    const etag = { opaque: 'v1', weak: false }
    expect((await openEntry({ data: new Blob(['hello']), etag })).etag).toEqual(etag)
    expect((await openEntry({ data: new Blob(['hello']) })).etag).toBeUndefined()
  })

  it('copies nothing: a range of bytes is a view, and a range of a Blob is a Blob', async () => {
    const data = versionBytes(100, 1)
    const bytes = await (await openEntry({ data })).read({ firstPos: 10, lastPos: 19 })
    expect(bytes).toEqual(data.subarray(10, 20))
    expect(bytes instanceof Uint8Array && bytes.buffer).toBe(data.buffer)
    const blob = await (await openEntry({ data: new Blob([data]) })).read({ firstPos: 10, lastPos: 19 })
    expect(blob).toBeInstanceOf(Blob)
    expect(await collect(blob)).toEqual(data.subarray(10, 20))
  })
})

import type { S3ListOptions, S3Page } from '@rangekit/http-source/s3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bucketReader } from './bucket-reader.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const MODIFIED = new Date('2026-05-04T03:02:01.987Z')

/** A bucket of some keys, listed as S3 lists them, `size` entries a page. */
function makeBucket(keys: readonly string[], size = 1000) {
  const asked: S3ListOptions[] = []
  const bucket = {
    async list(options: S3ListOptions): Promise<S3Page> {
      asked.push(options)
      const { prefix = '', after = '0' } = options
      const below = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
      const names = [...new Set(below.map((rest) => /^[^/]*\/?/.exec(rest)?.[0] ?? ''))].sort()
      const page = names.slice(Number(after), Number(after) + size).map((name) => prefix + name)
      const next = Number(after) + size < names.length ? String(Number(after) + size) : undefined
      const isFolder = (name: string) => name.slice(prefix.length).endsWith('/')
      return {
        objects: page
          .filter((name) => !isFolder(name))
          .map((key) => ({ key, size: 7, modified: MODIFIED, etag: { opaque: 'e', weak: false } })),
        folders: page.filter(isFolder),
        next,
      }
    },
  }
  return { bucket, asked }
}

describe('a bucket as folders', () => {
  it('has what is between two slashes, and nothing where there is nothing', async () => {
    const { bucket } = makeBucket(['a.mp4', 'films/b.mp4', 'films/c/d.mp4', 'films//empty', 'films/'])
    const reader = bucketReader(bucket)
    const names = async (path: string) =>
      (await reader.read(path))?.entries.map(({ kind, name }) => `${kind} ${name}`)
    expect(await names('')).toEqual(['folder films', 'file a.mp4'])
    expect(await names('films')).toEqual(['folder c', 'file b.mp4'])
    expect(await names('music')).toBeUndefined()
    expect((await bucketReader(makeBucket([]).bucket).read(''))?.entries).toEqual([])
  })

  it('says sizes, and times to the second, as Last-Modified does', async () => {
    const listing = await bucketReader(makeBucket(['a.mp4']).bucket).read('')
    const modified = new Date('2026-05-04T03:02:01Z').getTime()
    expect(listing?.entries).toEqual([{ kind: 'file', name: 'a.mp4', size: 7, modified }])
  })

  it('gives up a store whose list never ends', async () => {
    let asked = 0
    const list = async (): Promise<S3Page> => {
      if (++asked > 5000) throw new Error('asked for ever')
      return { objects: [], folders: [], next: 'again' }
    }
    expect(await bucketReader({ list }).read('')).toMatchObject({ entries: [], isPartial: true })
  })

  it('joins the pages of a long list, up to a limit', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `${index}.mp4`)
    const { bucket, asked } = makeBucket(keys, 10)
    expect((await bucketReader(bucket).read(''))?.entries).toHaveLength(50)
    expect(asked.map(({ after }) => after)).toEqual([undefined, '10', '20', '30', '40'])
    const cut = await bucketReader(bucket, { maxEntries: 15 }).read('')
    expect([cut?.entries.length, cut?.isPartial]).toEqual([20, true])
  })

  it('asks once for all who wait, and again after some seconds, after more of them for a long list', async () => {
    const { bucket, asked } = makeBucket(
      Array.from({ length: 30 }, (_, index) => `${index}`),
      10,
    )
    const reader = bucketReader(bucket, { keep: 1000 })
    await Promise.all([reader.read(''), reader.read('')])
    vi.advanceTimersByTime(2999)
    await reader.read('')
    expect(asked).toHaveLength(3)
    vi.advanceTimersByTime(1)
    await reader.read('')
    expect(asked).toHaveLength(6)
  })

  it('keeps the lists that were used last, up to a number of entries in all of them', async () => {
    const folders = ['a', 'b', 'c']
    const { bucket, asked } = makeBucket(
      folders.flatMap((name) => [1, 2, 3].map((each) => `${name}/${each}`)),
    )
    const reader = bucketReader(bucket, { maxKept: 9 })
    for (const path of [...folders, 'c', 'b']) await reader.read(path)
    expect(asked).toHaveLength(3)
    await reader.read('a')
    expect(asked).toHaveLength(4)
  })

  it('asks again after a fault', async () => {
    const { bucket } = makeBucket(['a'])
    const list = vi.fn(bucket.list).mockRejectedValueOnce(new Error('offline'))
    const reader = bucketReader({ list })
    await expect(reader.read('')).rejects.toThrow('offline')
    expect((await reader.read(''))?.entries).toHaveLength(1)
  })

  it('calls those who watch it when a list is too old, and costs nothing in between', async () => {
    const { bucket, asked } = makeBucket(['a'])
    const reader = bucketReader(bucket, { keep: 1000 })
    await reader.read('')
    const onChange = vi.fn()
    const end = await reader.watch('', onChange)
    await vi.advanceTimersByTimeAsync(3500)
    expect(onChange).toHaveBeenCalledTimes(3)
    end?.()
    await vi.advanceTimersByTimeAsync(3500)
    expect(onChange).toHaveBeenCalledTimes(3)
    expect(asked).toHaveLength(1)
  })
})

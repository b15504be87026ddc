import type { Representation } from '@rangekit/range-core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { MediaStore } from './media-store.ts'
import type { MediaContent } from './parse-media.ts'

const reader = vi.hoisted(() => ({
  /** Keys in the order in which they were read. */
  read: [] as string[],
  content: (_key: string): MediaContent | Promise<MediaContent> => ({}),
}))
vi.mock('./read-media.ts', () => ({
  readMedia: async (file: Representation) => {
    const key = file.fields?.['key'] ?? ''
    reader.read.push(key)
    return reader.content(key)
  },
}))

const picture = (length: number) => ({ bytes: new Uint8Array(length), contentType: 'image/png' })

beforeEach(() => {
  reader.read.length = 0
  reader.content = () => ({ duration: 1, picture: picture(10) })
})

/** Files of which each key that ends with `.mp4` has one, and how many of them are open. */
function makeStore(limits?: ConstructorParameters<typeof MediaStore>[1]) {
  const state = { size: 5, modified: 1000, open: 0 }
  const store = new MediaStore(
    {
      open(key) {
        if (key === 'none') return undefined
        state.open++
        return {
          completeLength: state.size,
          lastModified: new Date(state.modified),
          contentType: key.endsWith('.mp4') ? 'video/mp4' : 'text/plain',
          fields: { key },
          read: () => new Uint8Array(),
          close() {
            state.open--
          },
        }
      },
    },
    limits,
  )
  return { state, store }
}

describe('facts', () => {
  it('are read once for each version of a file, and known from then on', async () => {
    const { state, store } = makeStore()
    const version = { size: 5, modified: 1000 }
    expect(store.known('a.mp4', version)).toBeUndefined()
    expect(await store.facts('a.mp4')).toEqual({ duration: 1, hasCover: true })
    expect(await store.facts('a.mp4')).toEqual({ duration: 1, hasCover: true })
    expect(store.known('a.mp4', version)).toEqual({ duration: 1, hasCover: true })
    expect(reader.read).toEqual(['a.mp4'])
    for (const change of [{ size: 6 }, { modified: 1001 }]) {
      Object.assign(state, change)
      expect(store.known('a.mp4', state)).toBeUndefined()
      await store.facts('a.mp4')
      expect(store.known('a.mp4', state)).toBeDefined()
    }
    expect(reader.read.length).toBe(3)
    expect(state.open).toBe(0)
  })

  it('are read once for requests at the same time, and for two files at a time', async () => {
    const { store } = makeStore()
    const ends: (() => void)[] = []
    reader.content = () => new Promise((resolve) => ends.push(() => resolve({ duration: 2 })))
    const all = ['a.mp4', 'b.mp4', 'c.mp4', 'b.mp4', 'c.mp4'].map((key) => store.facts(key))
    await expect.poll(() => reader.read).toEqual(['a.mp4', 'b.mp4'])
    ends[0]?.()
    await expect.poll(() => reader.read).toEqual(['a.mp4', 'b.mp4', 'c.mp4'])
    ends[1]?.()
    ends[2]?.()
    for (const facts of await Promise.all(all)) expect(facts).toEqual({ duration: 2, hasCover: false })
    expect(reader.read.length).toBe(3)
  })

  it('are none for what is no media file, and nothing is read of it', async () => {
    const { store } = makeStore()
    expect(await store.facts('a.txt')).toEqual({ hasCover: false })
    expect(await store.facts('none')).toBeUndefined()
    expect(reader.read).toEqual([])
  })

  it('are dropped for a client that has left, without an open file', async () => {
    const { state, store } = makeStore({ width: 1 })
    const first = Promise.withResolvers<MediaContent>()
    reader.content = () => first.promise
    const reading = store.facts('a.mp4')
    await expect.poll(() => reader.read).toEqual(['a.mp4'])
    const client = new AbortController()
    const waiting = store.facts('b.mp4', client.signal)
    await expect.poll(() => state.open).toBe(1)
    client.abort()
    await expect(waiting).rejects.toThrow(/abort/i)
    first.resolve({})
    await reading
    expect([reader.read, state.open]).toEqual([['a.mp4'], 0])
  })
})

describe('a picture', () => {
  it('is kept with the facts, and read again where others needed its memory', async () => {
    const { store } = makeStore({ maxPictures: 25 })
    reader.content = (key) => ({ picture: picture(key === 'a.mp4' ? 10 : 12) })
    await store.facts('a.mp4')
    expect((await store.picture('a.mp4'))?.bytes.length).toBe(10)
    await store.facts('b.mp4')
    await store.facts('c.mp4')
    expect((await store.picture('a.mp4'))?.bytes.length).toBe(10)
    expect(reader.read).toEqual(['a.mp4', 'b.mp4', 'c.mp4', 'a.mp4'])
  })

  it('is not that of an older version', async () => {
    const { state, store } = makeStore()
    await store.facts('a.mp4')
    reader.content = () => ({})
    state.size = 6
    expect(await store.picture('a.mp4')).toBeUndefined()
    expect(await store.picture('none')).toBeUndefined()
  })
})

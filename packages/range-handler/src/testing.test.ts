import type { OpenOptions, RangeBytes, RangeSource, Representation } from '@rangekit/range-core'
import { describe, expect, it } from 'vitest'
import { streamOf } from '../test/support/sources.ts'
import { versionBytes } from './contract/fixture.ts'
import { rangeSourceChecks, type SourceHarness } from './testing.ts'

type Store = Map<string, Uint8Array<ArrayBuffer>>

/** A source that keeps every promise; each test breaks one. */
class Shelf implements SourceHarness, RangeSource {
  readonly store: Store = new Map()
  readonly source: RangeSource = this
  readonly patience = 50
  /** Every version that was put gets the next number. */
  versions = 0
  held = 0

  put(key: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.versions++
    this.store.set(key, bytes)
  }

  remove(key: string): void {
    this.store.delete(key)
  }

  opened(): number {
    return this.held
  }

  async open(key: string): Promise<Representation | undefined> {
    const bytes = this.store.get(key)
    if (bytes === undefined) return undefined
    this.held++
    return this.represent(key, bytes)
  }

  represent(_key: string, bytes: Uint8Array<ArrayBuffer>): Representation {
    return {
      completeLength: bytes.byteLength,
      etag: { opaque: String(this.versions), weak: false },
      read: async ({ firstPos, lastPos }) => {
        const pieces = []
        for (let at = firstPos; at <= lastPos; at += 100_000) {
          pieces.push(bytes.slice(at, Math.min(at + 100_000, lastPos + 1)))
        }
        return streamOf(pieces)
      },
      async readInto(target, position) {
        const piece = bytes.subarray(position, position + Math.min(target.byteLength, 70_000))
        target.set(piece)
        return piece.byteLength
      },
      close: () => {
        this.held--
      },
    }
  }
}

/** A shelf whose representations differ in something. */
function shelfWith(
  change: (
    good: Representation,
    bytes: Uint8Array<ArrayBuffer>,
    key: string,
    shelf: Shelf,
  ) => Partial<Representation>,
): Shelf {
  return new (class extends Shelf {
    override represent(key: string, bytes: Uint8Array<ArrayBuffer>) {
      const good = super.represent(key, bytes)
      return Object.defineProperties(
        good,
        Object.getOwnPropertyDescriptors(change({ ...good }, bytes, key, this)),
      )
    }
  })()
}

async function failuresOf(harness: SourceHarness): Promise<Map<string, string>> {
  const failures = new Map<string, string>()
  for (const { name, run } of rangeSourceChecks(harness)) {
    await run().catch((error: unknown) =>
      failures.set(name, error instanceof Error ? error.message : String(error)),
    )
  }
  return failures
}

const slice = (bytes: Uint8Array<ArrayBuffer>, first: number, last: number): RangeBytes =>
  bytes.slice(first, last + 1)

describe('rangeSourceChecks', () => {
  it('pass a source that keeps every promise', async () => {
    expect(await failuresOf(new Shelf())).toEqual(new Map())
  })

  it('pass a source that has only what it must have', async () => {
    const shelf = shelfWith(() => ({ etag: undefined }))
    const bare: RangeSource = {
      async open(key) {
        const { readInto: _, ...representation } = (await shelf.open(key)) ?? {}
        return 'read' in representation ? (representation as Representation) : undefined
      },
    }
    expect(await failuresOf({ source: bare, put: (key, bytes) => shelf.put(key, bytes) })).toEqual(new Map())
  })

  it('have names that tell them apart', () => {
    const names = rangeSourceChecks(new Shelf()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z].+[a-z0-9)]$/)
  })

  const broken: ReadonlyArray<readonly [promise: string, Shelf, failing: string, message: string]> = [
    [
      'the complete length',
      shelfWith(({ completeLength }) => ({ completeLength: completeLength + 1 })),
      'knows the complete length of what it opens',
      'Expected 0 bytes, got 1',
    ],
    [
      'the last byte',
      shelfWith((_, bytes) => ({ read: ({ firstPos, lastPos }) => slice(bytes, firstPos, lastPos - 1) })),
      'delivers exactly the bytes of any range',
      'Bytes 0-0 of 700001: expected 1 bytes, got 0',
    ],
    [
      'a byte beyond the last',
      shelfWith((_, bytes) => ({ read: ({ firstPos, lastPos }) => slice(bytes, firstPos, lastPos + 1) })),
      'delivers exactly the bytes of any range',
      'Bytes 0-0 of 700001: expected 1 bytes, got 2',
    ],
    [
      'the right place',
      shelfWith((_, bytes) => ({
        read: ({ firstPos, lastPos }) =>
          firstPos > 0 && lastPos < bytes.byteLength - 1
            ? slice(bytes, firstPos + 1, lastPos + 1)
            : slice(bytes, firstPos, lastPos),
      })),
      'delivers exactly the bytes of any range',
      'Bytes 1-699999 of 700001: expected 0 at position 3, got 1',
    ],
    [
      'reads at once',
      shelfWith((_, bytes) => {
        let position = 0
        return {
          async read({ firstPos, lastPos }) {
            position = firstPos
            await Promise.resolve()
            return slice(bytes, position, position + lastPos - firstPos)
          },
        }
      }),
      'delivers exactly the bytes of several ranges at once',
      ': expected ',
    ],
    [
      'readInto that fills',
      shelfWith(() => ({ readInto: async () => 0 })),
      'delivers the same through readInto, where it has one',
      'readInto of 1 bytes from 0 resolved to 0',
    ],
    [
      'readInto within its target',
      shelfWith(() => ({ readInto: async (target) => target.byteLength + 1 })),
      'delivers the same through readInto, where it has one',
      'readInto of 1 bytes from 0 resolved to 2',
    ],
    [
      'readInto of the right bytes',
      shelfWith(() => ({ readInto: async (target) => target.byteLength })),
      'delivers the same through readInto, where it has one',
      'Bytes 0-0 of 700001: expected 1 at position 0, got 0',
    ],
    [
      'streams that can be cancelled',
      shelfWith((_, bytes) => {
        let broken = false
        return {
          read: ({ firstPos, lastPos }) => {
            if (broken) throw new Error('The last stream was cancelled')
            return streamOf([bytes.slice(firstPos, lastPos + 1), new Uint8Array(1)], () => {
              broken = true
            })
          },
        }
      }),
      'lets go of a stream that is cancelled in the middle',
      'The last stream was cancelled',
    ],
    [
      'streams that are not empty',
      shelfWith(() => ({ read: () => streamOf([]) })),
      'lets go of a stream that is cancelled in the middle',
      'The stream of a range has no bytes',
    ],
    [
      'no keys but those put',
      new (class extends Shelf {
        override open(key: string) {
          this.store.set('contract/missing.bin', versionBytes(10, 1))
          return super.open(key)
        }
      })(),
      'finds nothing under a key that nothing was put under',
      'open("contract/missing.bin") found something, where nothing was put',
    ],
    [
      'no other spelling of a key',
      new (class extends Shelf {
        override open(key: string) {
          return super.open(key.replaceAll('//', '/'))
        }
      })(),
      'finds nothing, and never throws, under hostile keys',
      'open("contract//here.bin") found something, where nothing was put',
    ],
    [
      'no fault at a key',
      new (class extends Shelf {
        override open(key: string) {
          if (key.includes('\0')) throw new TypeError('A key cannot contain NUL')
          return super.open(key)
        }
      })(),
      'finds nothing, and never throws, under hostile keys',
      'A key cannot contain NUL',
    ],
    [
      'no folders',
      new (class extends Shelf {
        override open(key: string) {
          return super.open([...this.store.keys()].find((known) => known.startsWith(`${key}/`)) ?? key)
        }
      })(),
      'finds nothing under the name of a folder',
      'open("contract/folder") found something, where nothing was put',
    ],
    [
      'removal',
      new (class extends Shelf {
        override remove() {}
      })(),
      'finds nothing any more under a key that was removed, where it can be',
      'open("contract/removed.bin") found something, where nothing was put',
    ],
    [
      'a date that is one',
      shelfWith(() => ({ lastModified: new Date(Number.NaN) })),
      'says of what it opens only what a response can carry',
      'lastModified is no date',
    ],
    [
      'a type that is one',
      shelfWith(() => ({ contentType: 'a\nb' })),
      'says of what it opens only what a response can carry',
      'Not a media type',
    ],
    [
      'the right digest',
      shelfWith(() => ({ digests: { 'sha-256': 'AAAA' } })),
      'says of what it opens only what a response can carry',
      'The SHA-256 is that of other bytes',
    ],
    [
      'sharing',
      shelfWith((good, _bytes, key, shelf) => ({
        read: (range, options) => {
          if (key === 'contract/shared.bin' && shelf.held > 10) throw new Error('Too many at once')
          return good.read(range, options)
        },
      })),
      'opens the same thing many times at once',
      'Too many at once',
    ],
    [
      'the version that was opened',
      shelfWith((_good, bytes, key, shelf) => ({
        read: ({ firstPos, lastPos }) => slice(shelf.store.get(key) ?? bytes, firstPos, lastPos),
      })),
      'delivers the version that it opened, or fails, after another of the same length took its place',
      'Bytes 0-99 of 700001: expected 1 at position 0, got 2',
    ],
    [
      'the length that was opened',
      shelfWith((_good, _bytes, key, shelf) => ({
        get completeLength() {
          return shelf.store.get(key)?.byteLength ?? 0
        },
      })),
      'delivers the version that it opened, or fails, after a shorter one took its place',
      'Expected a representation of 700001 bytes, got 1000',
    ],
    [
      'the version in mid-stream',
      shelfWith((_good, bytes, key, shelf) => ({
        read({ firstPos, lastPos }) {
          let position = firstPos
          return new ReadableStream(
            {
              pull(controller) {
                if (position > lastPos) return controller.close()
                const end = Math.min(position + 100_000, lastPos + 1)
                controller.enqueue(
                  (position === 0 ? bytes : (shelf.store.get(key) ?? bytes)).slice(position, end),
                )
                position = end
              },
            },
            { highWaterMark: 0 },
          )
        },
      })),
      'delivers the version that it opened, or fails, when another takes its place in mid-stream',
      'expected 1 at position 100000, got 2',
    ],
    [
      'one version while they change quickly',
      shelfWith((_good, bytes, key, shelf) => ({
        async read({ firstPos, lastPos }) {
          await new Promise((resolve) => setTimeout(resolve, 5))
          const now = key === 'contract/busy.bin' ? (shelf.store.get(key) ?? bytes) : bytes
          return slice(now, firstPos, lastPos)
        },
      })),
      'opens one version or another while they follow one another quickly, never a mix',
      ': expected ',
    ],
    [
      'a strong tag for each version',
      shelfWith((_, bytes) => ({ etag: { opaque: String(bytes.byteLength), weak: false } })),
      'gives no two versions the same strong tag',
      '"1000" is strong, and stands for two versions',
    ],
    [
      'letting go',
      shelfWith(() => ({ close() {} })),
      'is closed exactly once when the whole was read',
      '1 more are held than before, long after everything was closed',
    ],
    [
      'letting go of what was never sent',
      shelfWith(() => ({ close() {} })),
      'is closed exactly once, and not read, when its response was never sent',
      '1 more are held than before, long after everything was closed',
    ],
    [
      'letting go where open was aborted',
      new (class extends Shelf {
        override open(key: string, options?: OpenOptions) {
          if (options?.signal?.aborted) this.held++
          return super.open(key)
        }
      })(),
      'opens or throws, and holds nothing, where the signal of open is aborted',
      '1 more are held than before, long after everything was closed',
    ],
    [
      'the whole range to a read that was aborted',
      shelfWith((_, bytes) => ({
        read: ({ firstPos, lastPos }, options) =>
          slice(bytes, firstPos, options?.signal?.aborted ? lastPos - 1 : lastPos),
      })),
      'delivers the whole range or fails where the signal is aborted before the read',
      'Bytes 0-700000 of 700001: expected 700001 bytes, got 700000',
    ],
    [
      'the bytes of a read during which it was closed',
      shelfWith(() => ({ readInto: async (target) => target.byteLength })),
      'is closed exactly once, after the read, when a server closes it that reads it into a buffer',
      'Bytes 5000-5999 of 700001: expected 1 at position 5000, got 0',
    ],
  ]

  it.each(broken)(
    'fail a source that does not keep its promise of %s',
    async (_, shelf, failing, message) => {
      const checks = rangeSourceChecks(shelf).filter(({ name }) => name === failing)
      expect(checks).toHaveLength(1)
      for (const { run } of checks) await expect(run()).rejects.toThrow(message)
    },
  )

  it('say what was expected and what was there', async () => {
    const [, lastByte] = broken.find(([promise]) => promise === 'the last byte') ?? []
    const failures = await failuresOf({
      source: lastByte ?? new Shelf(),
      put: (key, bytes) => lastByte?.put(key, bytes),
    })
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

describe('versionBytes', () => {
  it('show where they stand and which version they belong to', () => {
    expect([...versionBytes(9, 5)]).toEqual([5, 0, 0, 0, 5, 0, 0, 1, 5])
    expect([...versionBytes(300_000, 9).slice(4 * 66_051, 4 * 66_052)]).toEqual([9, 1, 2, 3])
  })
})

import type { ByteRange, Representation } from '@rangekit/range-core'
import { formatEntityTag } from '@rangekit/range-core'
import { collect, expectRange, isSame, versionBytes, withRepresentation } from './fixture.ts'
import type { SourceCheck, SourceHarness } from './harness.ts'

const LENGTH = 700_001

/** What `open` reports and what `read` delivers are one version, whatever happens to the key meanwhile. */
export function versionChecks(harness: SourceHarness): SourceCheck[] {
  const first = versionBytes(LENGTH, 1)

  /** Opens the first version, lets `change` happen, then reads: the first version's bytes, or an error. */
  const staysPinned = (key: string, change: (key: string) => void | Promise<void>) => async () => {
    await harness.put(key, first)
    await withRepresentation(harness.source, key, async (representation) => {
      await change(key)
      expectLength(representation, LENGTH)
      for (const range of [
        { firstPos: 0, lastPos: 99 },
        { firstPos: LENGTH - 5, lastPos: LENGTH - 1 },
        wholeOf(first),
      ]) {
        const bytes = await readUnlessGone(representation, range)
        if (bytes !== undefined) expectRange(bytes, range, first)
      }
    })
  }

  return [
    {
      name: 'delivers the version that it opened, or fails, after it was replaced by one of the same length',
      run: staysPinned('contract/same-length.bin', (key) => harness.put(key, versionBytes(LENGTH, 2))),
    },
    {
      name: 'delivers the version that it opened, or fails, after it was replaced by a shorter one',
      run: staysPinned('contract/shorter.bin', (key) => harness.put(key, versionBytes(1000, 2))),
    },
    {
      name: 'delivers the version that it opened, or fails, after it was replaced by a longer one',
      run: staysPinned('contract/longer.bin', (key) => harness.put(key, versionBytes(2 * LENGTH, 2))),
    },
    {
      name: 'delivers the version that it opened, or fails, after it was removed',
      run: staysPinned('contract/removed-while-open.bin', (key) => harness.remove?.(key)),
    },
    {
      name: 'delivers the version that it opened, or fails, when it is replaced in mid-stream',
      async run() {
        const key = 'contract/mid-stream.bin'
        await harness.put(key, first)
        await withRepresentation(harness.source, key, async (representation) => {
          const bytes = await representation.read(wholeOf(first))
          const reader = (bytes instanceof ReadableStream ? bytes : new Blob([bytes]).stream()).getReader()
          let position = 0
          for (;;) {
            const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }))
            if (done || value === undefined) return
            if (position === 0) await harness.put(key, versionBytes(LENGTH, 2))
            expectRange(value, { firstPos: position, lastPos: position + value.byteLength - 1 }, first)
            position += value.byteLength
          }
        })
      },
    },
    {
      name: 'opens one version while it is replaced again and again, never a mix of two',
      async run() {
        const key = 'contract/busy.bin'
        // Versions of different lengths, so that one with the bytes of another is noticed.
        const versions = Array.from({ length: 20 }, (_, version) => versionBytes(300_000 + version, version))
        const [initial = first] = versions
        await harness.put(key, initial)
        let writing = true
        const write = async () => {
          for (const version of versions) {
            await harness.put(key, version)
            await nextTurn()
          }
          writing = false
        }
        const readWhileWriting = async () => {
          do {
            await withRepresentation(harness.source, key, async (representation) => {
              const version = versions.find(({ byteLength }) => byteLength === representation.completeLength)
              if (version === undefined)
                throw new Error(`No version has ${representation.completeLength} bytes`)
              const bytes = await readUnlessGone(representation, wholeOf(version))
              if (bytes !== undefined) expectRange(bytes, wholeOf(version), version)
            })
            // Lets the writer's timer run: workerd delays timers while it has anything else to do.
            await new Promise((resolve) => setTimeout(resolve, 0))
            // Otherwise a source in memory would starve the writer.
            await nextTurn()
          } while (writing)
        }
        await Promise.all([write(), readWhileWriting(), readWhileWriting()])
      },
    },
    {
      name: 'gives no two versions the same strong tag',
      async run() {
        const key = 'contract/tags.bin'
        const seen = new Map<string, Uint8Array>()
        for (let version = 1; version <= 20; version++) {
          await harness.put(key, versionBytes(1000, version))
          await withRepresentation(harness.source, key, async (representation) => {
            const { etag } = representation
            if (etag === undefined || etag.weak) return
            const bytes = await readUnlessGone(representation, { firstPos: 0, lastPos: 999 })
            const before = seen.get(etag.opaque)
            if (bytes === undefined) return
            if (before !== undefined && !isSame(before, bytes)) {
              throw new Error(`${formatEntityTag(etag)} is strong, but was given to two versions`)
            }
            seen.set(etag.opaque, bytes)
          })
        }
      },
    },
  ]
}

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 1))

const wholeOf = (bytes: Uint8Array): ByteRange => ({ firstPos: 0, lastPos: bytes.byteLength - 1 })

function expectLength({ completeLength }: Representation, length: number): void {
  if (completeLength !== length)
    throw new Error(`Expected a representation of ${length} bytes, got ${completeLength}`)
}

/** The bytes of a range; `undefined` if the source no longer has them: it fails or ends early. */
async function readUnlessGone(
  representation: Representation,
  range: ByteRange,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const bytes = await collect(await representation.read(range))
    return bytes.byteLength > range.lastPos - range.firstPos ? bytes : undefined
  } catch {
    return undefined
  }
}
